#include "tests/simulation/message.h"

#include <functional>
#include <string_view>
#include <utility>

#include "wire/envelope_reader.h"

namespace gsoaprm::simulation {
namespace {

std::size_t Digest(const std::string& text) { return std::hash<std::string_view>()(text); }

}  // namespace

MessagePointer Write(const wire::Envelope& envelope) {
  auto message = std::make_shared<Message>();
  message->bytes = wire::WriteEnvelope(envelope);
  message->digest = Digest(message->bytes.entity);
  message->creates = envelope.rm_action == wire::RmAction::kCreateSequence;
  message->is_reply = envelope.sequence && envelope.payload() != nullptr;
  return message;
}

MessagePointer Damage(const Message& message, testing::Chance* chance) {
  auto damaged = std::make_shared<Message>(message);
  for (std::int64_t flips = chance->Number(1, 3); flips > 0; --flips) {
    char& byte = damaged->bytes.entity[chance->Index(damaged->bytes.entity.size())];
    byte = static_cast<char>(byte ^ (1 << chance->Number(0, 7)));
  }
  return damaged;
}

Reading Read(const Message& message) {
  Reading reading;
  wire::ReadResult result = wire::ReadEnvelope(message.bytes.entity, message.bytes.content_type, "");
  if (!result.ok()) return reading;
  const bool altered = Digest(message.bytes.entity) != message.digest;
  reading.kind = altered ? Reading::Kind::kAltered : Reading::Kind::kRead;
  reading.envelope = std::move(result.envelope);
  return reading;
}

}  // namespace gsoaprm::simulation
