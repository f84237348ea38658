// How records become columns, and back. Each row carries checksums of its own: a bit that flips on the disk is found
// when the row is read, and nothing altered is delivered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/message_ranges.h"
#include "base/types.h"
#include "store/sqlite_connection.h"
#include "wire/payload.h"
#include "wire/protocol_version.h"

namespace gsoaprm::store {

// CRC-32 over values in turn; a text counts with its length, so that nothing can move from one value to the next.
class Checksum {
 public:
  Checksum& Add(std::int64_t value);
  Checksum& Add(std::string_view text);
  Checksum& Add(const std::optional<std::string>& text);
  std::int64_t value() const { return static_cast<std::int64_t>(crc_); }

 private:
  std::uint32_t crc_ = 0;
};

// "1-5 7-7"; canonical, so that equal sets are equal texts.
std::string RangesText(const MessageRanges& ranges);
std::optional<MessageRanges> ParseRanges(std::string_view text);

std::int64_t ProtocolNumber(const wire::Protocol& protocol);
std::optional<wire::Protocol> ParseProtocol(std::int64_t number);

// What a message, a reply and a dead letter have in common, in the columns kContentColumns. Its checksum knows nothing
// of where the row is, and moves with it from table to table.
struct Content {
  wire::PayloadPointer payload;  // may be null
  std::string action;
  std::optional<MessageId> message_id;
};
inline constexpr const char* kContentColumns =
    "action, message_id, content_type, insert_at, payload_flags, soap_prefix, content_crc, entity";
inline constexpr int kContentColumnCount = 8;

std::int64_t ContentChecksum(const wire::Payload* payload, const std::string& action,
                             const std::optional<MessageId>& message_id);
// Binds kContentColumns; the arguments must live until the statement has run.
void BindContent(Statement* statement, const wire::Payload* payload, const std::string& action,
                 const std::optional<MessageId>& message_id, std::int64_t checksum);
// Nothing when the columns are not what their checksum says.
std::optional<Content> ReadContent(const Statement& row, int first_column, std::int64_t* checksum);

}  // namespace gsoaprm::store
