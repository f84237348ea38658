#include "store/sqlite_checksums.h"

#include <string_view>

#include "store/sqlite_rows.h"

namespace gsoaprm::store {

namespace {

std::int64_t Signed(MessageNumber number) { return static_cast<std::int64_t>(number.value()); }
std::int64_t Flag(bool value) { return value ? 1 : 0; }

}  // namespace

std::int64_t MetaChecksum(std::string_view name, std::int64_t value) { return Checksum().Add(name).Add(value).value(); }

std::int64_t AcceptorChecksum(const engine::SequenceCreated& created) {
  const engine::AcceptorIdentity& identity = created.identity;
  return Checksum()
      .Add(std::string_view(identity.sequence.text()))
      .Add(std::string_view(identity.offered.text()))
      .Add(std::string_view(identity.principal.text()))
      .Add(ProtocolNumber(identity.protocol))
      .Add(std::string_view(identity.to.text()))
      .Add(std::string_view(created.create_message_id.text()))
      .Add(created.expires)
      .value();
}

std::int64_t StateChecksum(std::int64_t acceptor, const engine::AcceptorState& state, const std::string& acknowledged) {
  return Checksum()
      .Add(acceptor)
      .Add(std::string_view(acknowledged))
      .Add(Signed(state.highest))
      .Add(state.last.has_value() ? Signed(*state.last) : std::int64_t{-1})
      .Add(Flag(state.closed))
      .Add(Signed(state.last_reply))
      .value();
}

std::int64_t TombstoneChecksum(std::int64_t acceptor, const std::string& final_answer) {
  return Checksum().Add(acceptor).Add(std::string_view(final_answer)).value();
}

std::int64_t MessageChecksum(std::int64_t acceptor, const engine::ReceivedMessage& message, std::int64_t content) {
  return Checksum()
      .Add(acceptor)
      .Add(Signed(message.number))
      .Add(Flag(message.begun))
      .Add(Flag(message.one_way))
      .Add(content)
      .value();
}

std::int64_t ReplyChecksum(std::int64_t acceptor, MessageNumber request, const engine::KeptReply& reply,
                           std::int64_t content) {
  return Checksum()
      .Add(acceptor)
      .Add(Signed(request))
      .Add(Signed(reply.number))
      .Add(std::int64_t{reply.http_status})
      .Add(Flag(reply.last_message))
      .Add(content)
      .value();
}

std::int64_t EndpointChecksum(const Uri& endpoint) { return Checksum().Add(std::string_view(endpoint.text())).value(); }

std::int64_t InitiatorChecksum(const engine::InitiatorRecord& record, const std::string& acknowledged,
                               const std::string& replies) {
  return Checksum()
      .Add(std::string_view(record.sequence.text()))
      .Add(std::string_view(record.offered.text()))
      .Add(std::string_view(record.endpoint.text()))
      .Add(ProtocolNumber(record.protocol))
      .Add(Signed(record.newest))
      .Add(std::string_view(acknowledged))
      .Add(std::string_view(replies))
      .value();
}

std::int64_t OutgoingChecksum(engine::OutgoingId id, std::int64_t endpoint, bool one_way, std::int64_t content) {
  return Checksum().Add(id).Add(endpoint).Add(Flag(one_way)).Add(content).value();
}

std::int64_t AssignedChecksum(engine::OutgoingId id, std::int64_t initiator, MessageNumber number) {
  return Checksum().Add(id).Add(initiator).Add(Signed(number)).value();
}

std::int64_t LetterChecksum(const DeadLetter& letter, std::int64_t content) {
  return Checksum()
      .Add(static_cast<std::int64_t>(letter.role))
      .Add(std::string_view(letter.endpoint))
      .Add(std::string_view(letter.sequence))
      .Add(letter.number)
      .Add(Flag(letter.one_way))
      .Add(std::string_view(letter.reason))
      .Add(letter.buried_at)
      .Add(content)
      .value();
}

}  // namespace gsoaprm::store
