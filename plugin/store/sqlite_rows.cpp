#include "store/sqlite_rows.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace gsoaprm::store {

namespace {

struct PayloadFlag {
  std::int64_t bit;
  bool wire::Payload::*member;
};
constexpr std::array<PayloadFlag, 8> kPayloadFlags = {{{1, &wire::Payload::has_header},
                                                       {2, &wire::Payload::has_action},
                                                       {4, &wire::Payload::has_message_id},
                                                       {8, &wire::Payload::has_to},
                                                       {16, &wire::Payload::has_reply_to},
                                                       {32, &wire::Payload::has_relates_to},
                                                       {64, &wire::Payload::is_fault},
                                                       {128, &wire::Payload::prefixes_free}}};

std::int64_t PayloadFlags(const wire::Payload& payload) {
  std::int64_t flags = 0;
  for (const PayloadFlag& flag : kPayloadFlags) flags |= payload.*flag.member ? flag.bit : 0;
  return flags;
}

void SetPayloadFlags(std::int64_t flags, wire::Payload* payload) {
  for (const PayloadFlag& flag : kPayloadFlags) payload->*flag.member = (flags & flag.bit) != 0;
}

std::optional<std::uint64_t> TakeNumber(std::string_view* text) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc()) return std::nullopt;
  text->remove_prefix(static_cast<std::size_t>(end - text->data()));
  return value;
}

bool TakeCharacter(std::string_view* text, char character) {
  if (text->empty() || text->front() != character) return false;
  text->remove_prefix(1);
  return true;
}

}  // namespace

Checksum& Checksum::Add(std::int64_t value) {
  std::array<unsigned char, 8> bytes;
  auto bits = static_cast<std::uint64_t>(value);
  for (unsigned char& byte : bytes) {
    byte = static_cast<unsigned char>(bits & 0xff);
    bits >>= 8;
  }
  crc_ = static_cast<std::uint32_t>(crc32_z(crc_, bytes.data(), bytes.size()));
  return *this;
}

Checksum& Checksum::Add(std::string_view text) {
  Add(static_cast<std::int64_t>(text.size()));
  // The null pointer would start the checksum anew.
  if (!text.empty()) {
    crc_ = static_cast<std::uint32_t>(crc32_z(crc_, reinterpret_cast<const unsigned char*>(text.data()), text.size()));
  }
  return *this;
}

Checksum& Checksum::Add(const std::optional<std::string>& text) {
  return text.has_value() ? Add(std::string_view(*text)) : Add(std::int64_t{-1});
}

std::string RangesText(const MessageRanges& ranges) {
  std::string text;
  for (const MessageRange& range : ranges.ranges()) {
    if (!text.empty()) text += ' ';
    text += std::to_string(range.lower.value());
    text += '-';
    text += std::to_string(range.upper.value());
  }
  return text;
}

std::optional<MessageRanges> ParseRanges(std::string_view text) {
  // Options may allow more ranges than the default: as many as there are, at least.
  auto separators = static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '));
  MessageRanges ranges(std::max(MessageRanges::kDefaultMaximumRanges, separators + 1));
  std::uint64_t previous = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    if (previous != 0 && !TakeCharacter(&rest, ' ')) return std::nullopt;
    std::optional<std::uint64_t> lower = TakeNumber(&rest);
    if (!lower.has_value() || !TakeCharacter(&rest, '-')) return std::nullopt;
    std::optional<std::uint64_t> upper = TakeNumber(&rest);
    if (!upper.has_value() || *lower > *upper || *upper > MessageNumber::kMaximum || *lower <= previous) {
      return std::nullopt;
    }
    ranges.InsertRange(MessageNumber(*lower), MessageNumber(*upper));
    previous = *upper;
  }
  if (RangesText(ranges) != text) return std::nullopt;
  return ranges;
}

std::int64_t ProtocolNumber(const wire::Protocol& protocol) {
  return (protocol.soap == wire::SoapVersion::k12 ? 1 : 0) |
         (protocol.addressing == wire::AddressingVersion::k10 ? 2 : 0) | (protocol.rm == wire::RmVersion::k11 ? 4 : 0);
}

std::optional<wire::Protocol> ParseProtocol(std::int64_t number) {
  if (number < 0 || number > 7) return std::nullopt;
  wire::Protocol protocol;
  protocol.soap = (number & 1) != 0 ? wire::SoapVersion::k12 : wire::SoapVersion::k11;
  protocol.addressing = (number & 2) != 0 ? wire::AddressingVersion::k10 : wire::AddressingVersion::kAugust2004;
  protocol.rm = (number & 4) != 0 ? wire::RmVersion::k11 : wire::RmVersion::kFebruary2005;
  return protocol;
}

std::int64_t ContentChecksum(const wire::Payload* payload, const std::string& action,
                             const std::optional<MessageId>& message_id) {
  Checksum checksum;
  checksum.Add(std::string_view(action));
  if (message_id.has_value()) {
    checksum.Add(std::string_view(message_id->text()));
  } else {
    checksum.Add(std::int64_t{-1});
  }
  if (payload == nullptr) return checksum.Add(std::int64_t{-1}).value();
  return checksum.Add(std::string_view(payload->content_type))
      .Add(static_cast<std::int64_t>(payload->insert_at))
      .Add(PayloadFlags(*payload))
      .Add(std::string_view(payload->soap_prefix))
      .Add(std::string_view(payload->entity))
      .value();
}

void BindContent(Statement* statement, const wire::Payload* payload, const std::string& action,
                 const std::optional<MessageId>& message_id, std::int64_t checksum) {
  statement->Text(action).OptionalText(message_id.has_value() ? &message_id->text() : nullptr);
  if (payload == nullptr) {
    statement->Null().Null().Null().Null().Integer(checksum).Null();
    return;
  }
  statement->Text(payload->content_type)
      .Integer(static_cast<std::int64_t>(payload->insert_at))
      .Integer(PayloadFlags(*payload))
      .Text(payload->soap_prefix)
      .Integer(checksum)
      .Blob(payload->entity);
}

std::optional<Content> ReadContent(const Statement& row, int first_column, std::int64_t* checksum) {
  Content content;
  content.action = row.GetText(first_column);
  if (!row.IsNull(first_column + 1)) content.message_id = MessageId(row.GetText(first_column + 1));
  *checksum = row.GetInteger(first_column + 6);
  if (!row.IsNull(first_column + 7)) {
    auto payload = std::make_shared<wire::Payload>();
    payload->content_type = row.GetText(first_column + 2);
    payload->insert_at = static_cast<std::size_t>(row.GetInteger(first_column + 3));
    SetPayloadFlags(row.GetInteger(first_column + 4), payload.get());
    payload->soap_prefix = row.GetText(first_column + 5);
    payload->entity = row.GetText(first_column + 7);
    content.payload = std::move(payload);
  }
  if (ContentChecksum(content.payload.get(), content.action, content.message_id) != *checksum) return std::nullopt;
  return content;
}

}  // namespace gsoaprm::store
