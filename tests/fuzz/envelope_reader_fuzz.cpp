// Reads arbitrary bytes as a message. What can be read must be writable, and say the same when it is read again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/fuzz/require.h"
#include "wire/describe.h"
#include "wire/envelope_reader.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::wire {
namespace {

constexpr const char* kContentTypes[] = {
    "application/soap+xml; charset=utf-8",
    "text/xml; charset=utf-8",
    "multipart/related; boundary=b; type=\"application/xop+xml\"",
    "multipart/related; boundary=\"b\"; start=\"<r>\"",
};

// Room for what the writer adds to a message that was just within the limits.
ReaderLimits WiderLimits() {
  ReaderLimits limits;
  limits.header_blocks += 16;
  limits.header_bytes *= 16;
  limits.namespaces_per_element += 2;
  limits.namespaces_in_scope += 4;
  return limits;
}

void RequireSameRmHeaders(const Envelope& a, const Envelope& b) {
  REQUIRE(a.sequence.has_value() == b.sequence.has_value());
  if (a.sequence) {
    REQUIRE(a.sequence->id == b.sequence->id && a.sequence->number == b.sequence->number);
    REQUIRE(a.sequence->last_message == b.sequence->last_message);
  }
  REQUIRE(a.acknowledgement.has_value() == b.acknowledgement.has_value());
  if (a.acknowledgement) {
    REQUIRE(a.acknowledgement->id == b.acknowledgement->id);
    REQUIRE(a.acknowledgement->ranges == b.acknowledgement->ranges);
    REQUIRE(a.acknowledgement->final == b.acknowledgement->final);
    REQUIRE(a.acknowledgement->buffer_remaining == b.acknowledgement->buffer_remaining);
    REQUIRE(a.acknowledgement->ranges.IsCanonical());
  }
  REQUIRE(a.ack_requested.has_value() == b.ack_requested.has_value());
  if (a.ack_requested) REQUIRE(a.ack_requested->id == b.ack_requested->id);
  if (a.has_rm_headers()) REQUIRE(a.protocol == b.protocol || a.addressing.action.empty());
}

void ReadAsPeer(const std::string& entity, const char* content_type) {
  const ReadResult first = ReadEnvelope(entity, content_type, "");
  Describe(first.envelope);
  if (!first.ok()) {
    REQUIRE(!first.reason.empty());
    return;
  }
  const WrittenMessage written = WriteEnvelope(first.envelope);
  const ReadResult second = ReadEnvelope(written.entity, written.content_type, "", WiderLimits());
  REQUIRE(second.ok());
  REQUIRE(first.envelope.body.index() == second.envelope.body.index());
  REQUIRE(first.envelope.rm_action == second.envelope.rm_action || first.envelope.addressing.action.empty());
  RequireSameRmHeaders(first.envelope, second.envelope);
  if (first.envelope.payload()) {
    REQUIRE(first.envelope.addressing.action == second.envelope.addressing.action);
    REQUIRE((*first.envelope.payload())->is_fault == (*second.envelope.payload())->is_fault);
  }
}

void ReadAsOwn(const std::string& entity, const char* content_type) {
  ReadResult own = ReadOwnEnvelope(entity, content_type);
  if (!own.ok()) return;
  own.envelope.sequence = SequenceHeader{SequenceId("urn:s"), MessageNumber(1), false};
  own.envelope.addressing.action = "urn:a";
  own.envelope.addressing.to = Uri("urn:to");
  const WrittenMessage written = WriteEnvelope(own.envelope);
  REQUIRE(ReadOwnEnvelope(written.entity, written.content_type).ok());
}

}  // namespace
}  // namespace gsoaprm::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t choice = data[0];
  const std::string entity(reinterpret_cast<const char*>(data) + 1, size - 1);
  const char* content_type = gsoaprm::wire::kContentTypes[choice % 4];
  if ((choice / 4) % 2 == 0) {
    gsoaprm::wire::ReadAsPeer(entity, content_type);
  } else {
    gsoaprm::wire::ReadAsOwn(entity, content_type);
  }
  return 0;
}
