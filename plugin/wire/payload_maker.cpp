#include "wire/payload_maker.h"

#include <cstring>
#include <utility>

namespace gsoaprm::wire {

namespace {

// In place, so that a large message is moved once and not copied. The cuts are in order and do not overlap.
void CutOut(const std::vector<TextCut>& cuts, std::string* text) {
  if (cuts.empty()) return;
  char* to = text->data() + cuts.front().begin;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const std::size_t next = i + 1 < cuts.size() ? cuts[i + 1].begin : text->size();
    const std::size_t length = next - cuts[i].end;
    std::memmove(to, text->data() + cuts[i].end, length);
    to += length;
  }
  text->resize(static_cast<std::size_t>(to - text->data()));
}

}  // namespace

PayloadPointer MakePayload(std::string entity, std::string_view content_type, const EnvelopeLayout& layout,
                           const HeaderReading& header) {
  auto payload = std::make_shared<Payload>();
  payload->content_type.assign(content_type);
  payload->insert_at = layout.insert_at;
  if (layout.header_is_empty_tag) {
    std::string tags = "></";
    tags.append(layout.header_name).append(">");
    entity.replace(layout.insert_at - 2, 2, tags);
    payload->insert_at = layout.insert_at - 1;
  }
  CutOut(header.cuts, &entity);
  payload->entity = std::move(entity);
  payload->has_header = layout.has_header;
  payload->soap_prefix = layout.soap_prefix;
  payload->has_action = header.has_action;
  payload->has_message_id = header.has_message_id;
  payload->has_to = header.has_to;
  payload->has_reply_to = header.has_reply_to;
  payload->has_relates_to = header.has_relates_to;
  payload->is_fault = layout.is_fault;
  payload->prefixes_free = layout.prefixes_free;
  return payload;
}

}  // namespace gsoaprm::wire
