#include "store/sqlite_initiator_writer.h"

#include <string>

#include "store/sqlite_checksums.h"
#include "store/sqlite_rows.h"

namespace gsoaprm::store {

namespace {

// One write of the mark for so many messages; a restart skips what is left of it.
constexpr std::int64_t kIdsReservedAtOnce = 10000;
constexpr const char* kReservedName = "outgoing_ids_reserved";

std::int64_t Signed(MessageNumber number) { return static_cast<std::int64_t>(number.value()); }

}  // namespace

void InitiatorWriter::ForgetKeys() {
  keys_.clear();
  endpoints_.clear();
  reserved_ = 0;
}

int InitiatorWriter::FindKey(const SequenceId& sequence, std::int64_t* key) {
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

int InitiatorWriter::FindEndpoint(const Uri& endpoint, std::int64_t* key) {
  *key = 0;
  auto known = endpoints_.find(endpoint);
  if (known != endpoints_.end()) {
    *key = known->second;
    return SQLITE_OK;
  }
  find_endpoint_->Text(endpoint.text());
  if (find_endpoint_->Next()) *key = find_endpoint_->GetInteger(0);
  int result = find_endpoint_->Finish();
  if (result == SQLITE_OK && *key == 0) {
    result = put_endpoint_->Text(endpoint.text()).Integer(EndpointChecksum(endpoint)).Run();
    if (result == SQLITE_OK) *key = sqlite3_last_insert_rowid(connection_->handle());
  }
  if (*key != 0) endpoints_.emplace(endpoint, *key);
  return result;
}

int InitiatorWriter::Write(const engine::InitiatorAdvanced& change) {
  const engine::InitiatorRecord& record = change.record;
  std::int64_t key = 0;
  std::int64_t endpoint = 0;
  int result = FindKey(record.sequence, &key);
  if (result == SQLITE_OK) result = FindEndpoint(record.endpoint, &endpoint);
  if (result != SQLITE_OK) return result;
  std::string acknowledged = RangesText(record.acknowledged);
  std::string replies = RangesText(record.replies);
  Statement& row = key != 0 ? *advance_ : *put_;
  if (key == 0) row.Text(record.sequence.text());
  row.Text(record.offered.text())
      .Integer(endpoint)
      .Integer(ProtocolNumber(record.protocol))
      .Integer(Signed(record.newest))
      .Text(acknowledged)
      .Text(replies)
      .Integer(InitiatorChecksum(record, acknowledged, replies));
  if (key != 0) row.Integer(key);
  result = row.Run();
  if (key == 0 && result == SQLITE_OK) {
    keys_.emplace(record.sequence, sqlite3_last_insert_rowid(connection_->handle()));
  }
  return result;
}

int InitiatorWriter::Write(const engine::InitiatorEnded& change) {
  std::int64_t key = 0;
  int result = FindKey(change.sequence, &key);
  if (key == 0) return result;
  keys_.erase(change.sequence);
  return drop_->Integer(key).Run();
}

int InitiatorWriter::FindRest(const SequenceId& sequence, std::vector<engine::OutgoingId>* rest) {
  std::int64_t key = 0;
  int result = FindKey(sequence, &key);
  if (key == 0) return result;
  find_rest_->Integer(key);
  while (find_rest_->Next()) rest->push_back(find_rest_->GetInteger(0));
  return find_rest_->Finish();
}

int InitiatorWriter::Write(const engine::OutgoingPut& change) {
  const engine::OutgoingRecord& message = change.message;
  std::int64_t endpoint = 0;
  std::int64_t initiator = 0;
  int result = FindEndpoint(message.endpoint, &endpoint);
  if (result == SQLITE_OK && !message.sequence.empty()) result = FindKey(message.sequence, &initiator);
  if (result == SQLITE_OK) result = ReserveIds(message.id);
  if (result != SQLITE_OK) return result;
  std::int64_t content = ContentChecksum(message.payload.get(), message.action, message.message_id);
  put_outgoing_->Integer(message.id)
      .Integer(endpoint)
      .Integer(message.one_way ? 1 : 0)
      .Integer(OutgoingChecksum(message.id, endpoint, message.one_way, content));
  if (initiator != 0) {
    put_outgoing_->Integer(initiator);
  } else {
    put_outgoing_->Null();
  }
  put_outgoing_->Integer(Signed(message.number)).Integer(AssignedChecksum(message.id, initiator, message.number));
  BindContent(&*put_outgoing_, message.payload.get(), message.action, message.message_id, content);
  return put_outgoing_->Run();
}

int InitiatorWriter::Write(const engine::OutgoingAssigned& change) {
  std::int64_t initiator = 0;
  int result = change.sequence.empty() ? SQLITE_OK : FindKey(change.sequence, &initiator);
  if (result != SQLITE_OK) return result;
  if (initiator != 0) {
    assign_->Integer(initiator);
  } else {
    assign_->Null();
  }
  return assign_->Integer(Signed(change.number))
      .Integer(AssignedChecksum(change.id, initiator, change.number))
      .Integer(change.id)
      .Run();
}

int InitiatorWriter::Write(const engine::OutgoingDone& change) { return drop_outgoing_->Integer(change.id).Run(); }

int InitiatorWriter::ReservedOutgoingIds(std::int64_t* reserved) {
  int result = SQLITE_OK;
  if (reserved_ == 0) {
    std::int64_t value = 1;
    bool sound = true;
    if (read_meta_->Next()) {
      value = read_meta_->GetInteger(0);
      sound = read_meta_->GetInteger(1) == MetaChecksum(kReservedName, value);
    }
    result = read_meta_->Finish();
    if (result == SQLITE_OK && !sound) result = SQLITE_CORRUPT;
    if (result == SQLITE_OK) reserved_ = value;
  }
  *reserved = reserved_;
  return result;
}

int InitiatorWriter::ReserveIds(engine::OutgoingId id) {
  std::int64_t reserved = 0;
  int result = ReservedOutgoingIds(&reserved);
  if (result != SQLITE_OK || id < reserved) return result;
  reserved_ = id + kIdsReservedAtOnce;
  return put_meta_->Integer(reserved_).Integer(MetaChecksum(kReservedName, reserved_)).Run();
}

}  // namespace gsoaprm::store
