#include "store/sqlite_recovery.h"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "store/sqlite_checksums.h"
#include "store/sqlite_problem.h"
#include "store/sqlite_rows.h"

namespace gsoaprm::store {

namespace {

constexpr std::uint64_t kRowsBetweenReports = 1000;

MessageNumber Number(const Statement& row, int column) {
  return MessageNumber(static_cast<std::uint64_t>(row.GetInteger(column)));
}

// The rows of a child table, which come in the order of their parents.
class Loader {
 public:
  Loader(Connection* connection, const std::string& path, Recovery* recovery)
      : connection_(connection), path_(path), recovery_(recovery) {}

  Status Run() {
    CountRows();
    LoadAcceptors();
    if (problem_.ok()) LoadEndpoints();
    if (problem_.ok()) LoadInitiators();
    if (problem_.ok()) LoadOutgoing();
    if (problem_.ok()) HandOverInitiators();
    return problem_;
  }

 private:
  using Acceptor = engine::RecoveredAcceptor;
  using Initiator = engine::RecoveredInitiator;

  void CountRows();
  void LoadAcceptors();
  bool ReadAcceptor(const Statement& row, Acceptor* acceptor);
  bool TakeMessages(Statement* rows, bool* more, std::int64_t key, Acceptor* acceptor);
  bool TakeReplies(Statement* rows, bool* more, std::int64_t key, Acceptor* acceptor);
  void LoadEndpoints();
  void LoadInitiators();
  void LoadOutgoing();
  bool ReadOutgoing(const Statement& row);
  void HandOverInitiators();

  bool Damaged(const std::string& what) {
    if (problem_.ok()) problem_ = DamagedProblem(path_, what + " is not what its checksum says");
    return false;
  }
  void Finish(Statement* statement, const char* what) {
    int result = statement->Finish();
    if (result != SQLITE_OK && problem_.ok()) problem_ = SqliteProblem(result, path_, std::string("read ") + what);
  }
  void CountOne() {
    ++done_;
    if (done_ % kRowsBetweenReports == 0 && done_ < total_) recovery_->Progress(done_, total_);
  }

  Connection* connection_;
  const std::string& path_;
  Recovery* recovery_;
  Status problem_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
  std::unordered_map<std::int64_t, Uri> endpoints_;
  std::map<std::int64_t, Initiator> initiators_;
};

void Loader::CountRows() {
  Statement count = connection_->Prepare(
      "SELECT (SELECT count(*) FROM rm_acceptor) + (SELECT count(*) FROM rm_message) + "
      "(SELECT count(*) FROM rm_reply) + (SELECT count(*) FROM rm_initiator) + "
      "(SELECT count(*) FROM rm_outgoing WHERE initiator IS NOT NULL)");
  if (count.Next()) total_ = static_cast<std::uint64_t>(count.GetInteger(0));
  Finish(&count, "the number of rows");
}

bool Loader::ReadAcceptor(const Statement& row, Acceptor* acceptor) {
  std::int64_t key = row.GetInteger(0);
  engine::AcceptorIdentity& identity = acceptor->created.identity;
  identity.sequence = SequenceId(row.GetText(1));
  identity.offered = SequenceId(row.GetText(2));
  identity.principal = Principal(row.GetText(3));
  std::optional<wire::Protocol> protocol = ParseProtocol(row.GetInteger(4));
  identity.to = Uri(row.GetText(5));
  acceptor->created.create_message_id = MessageId(row.GetText(6));
  if (!row.IsNull(7)) acceptor->created.expires = row.GetText(7);
  std::optional<MessageRanges> ranges = ParseRanges(row.GetText(9));
  if (!protocol.has_value() || !ranges.has_value()) return Damaged("a sequence");
  identity.protocol = *protocol;
  engine::AcceptorState& state = acceptor->state;
  state.acknowledged = std::move(*ranges);
  state.highest = Number(row, 10);
  if (!row.IsNull(11)) state.last = Number(row, 11);
  state.closed = row.GetInteger(12) != 0;
  state.last_reply = Number(row, 13);
  acceptor->ended = !row.IsNull(15);
  if (acceptor->ended) acceptor->final_answer = row.GetText(16);
  bool sound = row.GetInteger(8) == AcceptorChecksum(acceptor->created) &&
               row.GetInteger(14) == StateChecksum(key, state, row.GetText(9)) &&
               (!acceptor->ended || row.GetInteger(15) == TombstoneChecksum(key, acceptor->final_answer));
  return sound || Damaged("the sequence " + identity.sequence.text());
}

bool Loader::TakeMessages(Statement* rows, bool* more, std::int64_t key, Acceptor* acceptor) {
  for (; *more && rows->GetInteger(0) <= key; *more = rows->Next()) {
    engine::ReceivedMessage message;
    message.number = Number(*rows, 1);
    message.begun = rows->GetInteger(2) != 0;
    message.one_way = rows->GetInteger(3) != 0;
    std::int64_t checksum = 0;
    std::optional<Content> content = ReadContent(*rows, 5, &checksum);
    if (rows->GetInteger(0) != key || !content.has_value() ||
        rows->GetInteger(4) != MessageChecksum(key, message, checksum)) {
      return Damaged("message " + std::to_string(message.number.value()) + " of the sequence " +
                     acceptor->created.identity.sequence.text());
    }
    message.payload = std::move(content->payload);
    message.action = std::move(content->action);
    message.message_id = std::move(content->message_id);
    acceptor->messages.push_back(std::move(message));
    CountOne();
  }
  return true;
}

bool Loader::TakeReplies(Statement* rows, bool* more, std::int64_t key, Acceptor* acceptor) {
  for (; *more && rows->GetInteger(0) <= key; *more = rows->Next()) {
    Acceptor::Reply kept;
    kept.request = Number(*rows, 1);
    engine::KeptReply& reply = kept.reply;
    reply.number = Number(*rows, 2);
    reply.http_status = static_cast<int>(rows->GetInteger(3));
    reply.last_message = rows->GetInteger(4) != 0;
    std::int64_t checksum = 0;
    std::optional<Content> content = ReadContent(*rows, 6, &checksum);
    if (rows->GetInteger(0) != key || !content.has_value() ||
        rows->GetInteger(5) != ReplyChecksum(key, kept.request, reply, checksum)) {
      return Damaged("the reply to message " + std::to_string(kept.request.value()) + " of the sequence " +
                     acceptor->created.identity.sequence.text());
    }
    reply.payload = std::move(content->payload);
    reply.action = std::move(content->action);
    reply.relates_to = std::move(content->message_id);
    acceptor->replies.push_back(std::move(kept));
    CountOne();
  }
  return true;
}

void Loader::LoadAcceptors() {
  Statement sequences = connection_->Prepare(
      "SELECT a.key, a.sequence, a.offered, a.principal, a.protocol, a.endpoint, a.create_message_id, a.expires, "
      "a.crc, "
      "s.acknowledged, s.highest, s.last, s.closed, s.last_reply, s.crc, t.crc, t.final_answer FROM rm_acceptor a "
      "LEFT JOIN rm_acceptor_state s ON s.acceptor=a.key LEFT JOIN rm_tombstone t ON t.acceptor=a.key ORDER BY a.key");
  Statement messages = connection_->Prepare(
      "SELECT acceptor, number, begun, one_way, crc, action, message_id, content_type, insert_at, payload_flags, "
      "soap_prefix, content_crc, entity FROM rm_message ORDER BY acceptor, number");
  Statement replies = connection_->Prepare(
      "SELECT acceptor, request, number, http_status, last_message, crc, action, message_id, content_type, insert_at, "
      "payload_flags, soap_prefix, content_crc, entity FROM rm_reply ORDER BY acceptor, request");
  bool more_messages = messages.Next();
  bool more_replies = replies.Next();
  while (problem_.ok() && sequences.Next()) {
    std::int64_t key = sequences.GetInteger(0);
    Acceptor acceptor;
    bool sound = ReadAcceptor(sequences, &acceptor) && TakeMessages(&messages, &more_messages, key, &acceptor) &&
                 TakeReplies(&replies, &more_replies, key, &acceptor);
    if (!sound) break;
    CountOne();
    recovery_->Acceptor(std::move(acceptor));
  }
  // What belongs to no sequence has lost it.
  if (problem_.ok() && (more_messages || more_replies)) Damaged("a row of a sequence that is not there");
  Finish(&sequences, "sequences");
  Finish(&messages, "messages");
  Finish(&replies, "replies");
}

void Loader::LoadEndpoints() {
  Statement rows = connection_->Prepare("SELECT key, uri, crc FROM rm_endpoint");
  while (problem_.ok() && rows.Next()) {
    Uri endpoint(rows.GetText(1));
    if (rows.GetInteger(2) != EndpointChecksum(endpoint)) Damaged("an endpoint");
    endpoints_.emplace(rows.GetInteger(0), std::move(endpoint));
  }
  Finish(&rows, "endpoints");
}

void Loader::LoadInitiators() {
  Statement rows = connection_->Prepare(
      "SELECT key, sequence, offered, endpoint, protocol, newest, acknowledged, replies, crc FROM rm_initiator");
  while (problem_.ok() && rows.Next()) {
    engine::InitiatorRecord record;
    record.sequence = SequenceId(rows.GetText(1));
    record.offered = SequenceId(rows.GetText(2));
    auto endpoint = endpoints_.find(rows.GetInteger(3));
    std::optional<wire::Protocol> protocol = ParseProtocol(rows.GetInteger(4));
    record.newest = Number(rows, 5);
    std::string acknowledged = rows.GetText(6);
    std::string replies = rows.GetText(7);
    std::optional<MessageRanges> acknowledged_ranges = ParseRanges(acknowledged);
    std::optional<MessageRanges> reply_ranges = ParseRanges(replies);
    bool sound = endpoint != endpoints_.end() && protocol.has_value() && acknowledged_ranges.has_value() &&
                 reply_ranges.has_value();
    if (sound) {
      record.endpoint = endpoint->second;
      record.protocol = *protocol;
      record.acknowledged = std::move(*acknowledged_ranges);
      record.replies = std::move(*reply_ranges);
    }
    if (!sound || rows.GetInteger(8) != InitiatorChecksum(record, acknowledged, replies)) {
      Damaged("the session " + record.sequence.text());
      break;
    }
    initiators_[rows.GetInteger(0)].record = std::move(record);
    CountOne();
  }
  Finish(&rows, "sessions");
}

bool Loader::ReadOutgoing(const Statement& row) {
  engine::OutgoingRecord message;
  message.id = row.GetInteger(0);
  message.one_way = row.GetInteger(2) != 0;
  std::int64_t initiator = row.GetInteger(4);
  message.number = Number(row, 5);
  auto owner = initiators_.find(initiator);
  auto endpoint = endpoints_.find(row.GetInteger(1));
  std::int64_t checksum = 0;
  std::optional<Content> content = ReadContent(row, 7, &checksum);
  if (!content.has_value() || owner == initiators_.end() || endpoint == endpoints_.end() ||
      row.GetInteger(3) != OutgoingChecksum(message.id, row.GetInteger(1), message.one_way, checksum) ||
      row.GetInteger(6) != AssignedChecksum(message.id, initiator, message.number)) {
    return Damaged("outgoing message " + std::to_string(message.id));
  }
  message.endpoint = endpoint->second;
  message.sequence = owner->second.record.sequence;
  message.payload = std::move(content->payload);
  message.action = std::move(content->action);
  message.message_id = std::move(content->message_id);
  owner->second.messages.push_back(std::move(message));
  return true;
}

void Loader::LoadOutgoing() {
  Statement rows = connection_->Prepare(
      "SELECT id, endpoint, one_way, crc, initiator, number, assigned_crc, action, message_id, content_type, "
      "insert_at, "
      "payload_flags, soap_prefix, content_crc, entity FROM rm_outgoing WHERE initiator IS NOT NULL ORDER BY id");
  while (problem_.ok() && rows.Next() && ReadOutgoing(rows)) CountOne();
  Finish(&rows, "outgoing messages");
}

void Loader::HandOverInitiators() {
  auto by_number = [](const engine::OutgoingRecord& a, const engine::OutgoingRecord& b) { return a.number < b.number; };
  for (auto& [key, initiator] : initiators_) {
    std::vector<engine::OutgoingRecord>& messages = initiator.messages;
    if (!std::is_sorted(messages.begin(), messages.end(), by_number)) {
      std::sort(messages.begin(), messages.end(), by_number);
    }
    recovery_->Initiator(std::move(initiator));
  }
  recovery_->Progress(total_, total_);
}

}  // namespace

Status LoadRecords(Connection* connection, const std::string& path, Recovery* recovery) {
  return Loader(connection, path, recovery).Run();
}

}  // namespace gsoaprm::store
