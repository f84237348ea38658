#include "store/sqlite_acceptor_writer.h"

#include <string>

#include "store/sqlite_checksums.h"
#include "store/sqlite_rows.h"

namespace gsoaprm::store {

namespace {

std::int64_t Signed(MessageNumber number) { return static_cast<std::int64_t>(number.value()); }

}  // namespace

int AcceptorWriter::FindKey(const SequenceId& sequence, std::int64_t* key) {
  *key = 0;
  auto known = keys_.find(sequence);
  if (known != keys_.end()) {
    *key = known->second;
    return SQLITE_OK;
  }
  find_->Text(sequence.text());
  if (find_->Next()) *key = find_->GetInteger(0);
  if (*key != 0) keys_.emplace(sequence, *key);
  return find_->Finish();
}

int AcceptorWriter::Write(const engine::SequenceCreated& change) {
  const engine::AcceptorIdentity& identity = change.identity;
  int result = put_->Text(identity.sequence.text())
                   .Text(identity.offered.text())
                   .Text(identity.principal.text())
                   .Integer(ProtocolNumber(identity.protocol))
                   .Text(identity.to.text())
                   .Text(change.create_message_id.text())
                   .OptionalText(change.expires.has_value() ? &*change.expires : nullptr)
                   .Integer(AcceptorChecksum(change))
                   .Run();
  std::int64_t key = 0;
  if (result == SQLITE_OK) result = FindKey(identity.sequence, &key);
  return result == SQLITE_OK ? PutState(&put_first_state_, key, engine::AcceptorState()) : result;
}

int AcceptorWriter::PutState(Prepared* statement, std::int64_t key, const engine::AcceptorState& state) {
  std::string acknowledged = RangesText(state.acknowledged);
  Statement& row = **statement;
  row.Integer(key).Text(acknowledged).Integer(Signed(state.highest));
  if (state.last.has_value()) {
    row.Integer(Signed(*state.last));
  } else {
    row.Null();
  }
  return row.Integer(state.closed ? 1 : 0)
      .Integer(Signed(state.last_reply))
      .Integer(StateChecksum(key, state, acknowledged))
      .Run();
}

int AcceptorWriter::Write(const engine::SequenceAdvanced& change) {
  std::int64_t key = 0;
  int result = FindKey(change.sequence, &key);
  return key != 0 ? PutState(&put_state_, key, change.state) : result;
}

int AcceptorWriter::Write(const engine::SequenceEnded& change) {
  std::int64_t key = 0;
  int result = FindKey(change.sequence, &key);
  if (key == 0) return result;
  result =
      put_tombstone_->Integer(key).Integer(TombstoneChecksum(key, change.final_answer)).Blob(change.final_answer).Run();
  return result == SQLITE_OK ? RunWithKey(&drop_replies_, key) : result;
}

int AcceptorWriter::Write(const engine::SequenceForgotten& change) {
  std::int64_t key = 0;
  int result = FindKey(change.sequence, &key);
  if (key == 0) return result;
  keys_.erase(change.sequence);
  for (Prepared* statement : {&drop_replies_, &drop_messages_, &drop_tombstone_, &drop_state_, &drop_}) {
    if (result == SQLITE_OK) result = RunWithKey(statement, key);
  }
  return result;
}

int AcceptorWriter::Write(const engine::MessageTaken& change) {
  std::int64_t key = 0;
  int result = FindKey(change.sequence, &key);
  if (key == 0) return result;
  const engine::ReceivedMessage& message = change.message;
  std::int64_t content = ContentChecksum(message.payload.get(), message.action, message.message_id);
  put_message_->Integer(key)
      .Integer(Signed(message.number))
      .Integer(message.begun ? 1 : 0)
      .Integer(message.one_way ? 1 : 0)
      .Integer(MessageChecksum(key, message, content));
  BindContent(&*put_message_, message.payload.get(), message.action, message.message_id, content);
  return put_message_->Run();
}

int AcceptorWriter::Write(const engine::MessageDone& change) {
  std::int64_t key = 0;
  int result = FindKey(change.sequence, &key);
  return key != 0 ? drop_message_->Integer(key).Integer(Signed(change.number)).Run() : result;
}

int AcceptorWriter::Write(const engine::ReplyKept& change) {
  std::int64_t key = 0;
  int result = FindKey(change.sequence, &key);
  if (key == 0) return result;
  const engine::KeptReply& reply = change.reply;
  std::int64_t content = ContentChecksum(reply.payload.get(), reply.action, reply.relates_to);
  put_reply_->Integer(key)
      .Integer(Signed(change.request))
      .Integer(Signed(reply.number))
      .Integer(reply.http_status)
      .Integer(reply.last_message ? 1 : 0)
      .Integer(ReplyChecksum(key, change.request, reply, content));
  BindContent(&*put_reply_, reply.payload.get(), reply.action, reply.relates_to, content);
  return put_reply_->Run();
}

int AcceptorWriter::Write(const engine::ReplyReleased& change) {
  std::int64_t key = 0;
  int result = FindKey(change.sequence, &key);
  return key != 0 ? drop_reply_->Integer(key).Integer(Signed(change.request)).Run() : result;
}

}  // namespace gsoaprm::store
