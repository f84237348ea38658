#include "tests/store/state.h"

#include <sqlite3.h>

#include <algorithm>
#include <sstream>
#include <variant>

#include "store/sqlite_rows.h"

namespace gsoaprm::testing {

namespace {

using engine::OutgoingRecord;
using engine::ReceivedMessage;

// Long ones by their size and sum.
std::string EntityText(const std::string& entity) {
  if (entity.size() < 1000) return entity;
  return std::to_string(entity.size()) + " bytes, sum " +
         std::to_string(store::Checksum().Add(std::string_view(entity)).value());
}

std::string PayloadText(const wire::PayloadPointer& payload) {
  if (payload == nullptr) return "no payload";
  std::ostringstream text;
  text << payload->content_type << '|' << EntityText(payload->entity) << '|' << payload->insert_at << '|'
       << payload->soap_prefix << '|' << payload->has_header << payload->has_action << payload->has_message_id
       << payload->has_to << payload->has_reply_to << payload->has_relates_to << payload->is_fault
       << payload->prefixes_free;
  return text.str();
}

std::string IdText(const std::optional<MessageId>& id) { return id.has_value() ? "'" + id->text() + "'" : "none"; }

std::string ProtocolText(const wire::Protocol& protocol) {
  return std::to_string(static_cast<int>(protocol.soap)) + std::to_string(static_cast<int>(protocol.addressing)) +
         std::to_string(static_cast<int>(protocol.rm));
}

template <class Sequence>
engine::RecoveredAcceptor* Find(std::map<SequenceId, engine::RecoveredAcceptor>* acceptors, const Sequence& sequence) {
  auto found = acceptors->find(sequence);
  return found != acceptors->end() ? &found->second : nullptr;
}

// What each change means, written apart from the store's own statements.
struct Applier {
  State* state;

  void operator()(const engine::SequenceCreated& change) {
    state->acceptors[change.identity.sequence].created = change;
  }
  void operator()(const engine::SequenceAdvanced& change) {
    if (auto* acceptor = Find(&state->acceptors, change.sequence)) acceptor->state = change.state;
  }
  void operator()(const engine::SequenceEnded& change) {
    auto* acceptor = Find(&state->acceptors, change.sequence);
    if (acceptor == nullptr) return;
    acceptor->ended = true;
    acceptor->final_answer = change.final_answer;
    acceptor->replies.clear();
  }
  void operator()(const engine::SequenceForgotten& change) { state->acceptors.erase(change.sequence); }
  void operator()(const engine::MessageTaken& change) {
    auto* acceptor = Find(&state->acceptors, change.sequence);
    if (acceptor == nullptr) return;
    Remove(acceptor, change.message.number);
    acceptor->messages.push_back(change.message);
    std::sort(acceptor->messages.begin(), acceptor->messages.end(),
              [](const ReceivedMessage& a, const ReceivedMessage& b) { return a.number < b.number; });
  }
  void operator()(const engine::MessageDone& change) {
    if (auto* acceptor = Find(&state->acceptors, change.sequence)) Remove(acceptor, change.number);
  }
  void operator()(const engine::MessageBuried& change) {
    auto* acceptor = Find(&state->acceptors, change.sequence);
    if (acceptor == nullptr) return;
    for (const ReceivedMessage& message : acceptor->messages) {
      if (message.number != change.number) continue;
      state->letters.push_back({true, acceptor->created.identity.to.text(), change.sequence.text(), change.reason,
                                change.number.value(), message.one_way, message.action,
                                message.message_id.value_or(MessageId()).text(),
                                message.payload ? message.payload->entity : ""});
    }
    Remove(acceptor, change.number);
  }
  void operator()(const engine::ReplyKept& change) {
    auto* acceptor = Find(&state->acceptors, change.sequence);
    if (acceptor == nullptr) return;
    RemoveReply(acceptor, change.request);
    acceptor->replies.push_back({change.request, change.reply});
    std::sort(acceptor->replies.begin(), acceptor->replies.end(),
              [](const auto& a, const auto& b) { return a.request < b.request; });
  }
  void operator()(const engine::ReplyReleased& change) {
    if (auto* acceptor = Find(&state->acceptors, change.sequence)) RemoveReply(acceptor, change.request);
  }
  void operator()(const engine::InitiatorAdvanced& change) {
    state->initiators[change.record.sequence] = change.record;
  }
  void operator()(const engine::InitiatorEnded& change) { state->initiators.erase(change.sequence); }
  void operator()(const engine::OutgoingPut& change) { state->outgoing[change.message.id] = change.message; }
  void operator()(const engine::OutgoingAssigned& change) {
    auto found = state->outgoing.find(change.id);
    if (found == state->outgoing.end()) return;
    found->second.sequence = change.sequence;
    found->second.number = change.number;
  }
  void operator()(const engine::OutgoingDone& change) { state->outgoing.erase(change.id); }
  void operator()(const engine::OutgoingBuried& change) {
    auto found = state->outgoing.find(change.id);
    if (found == state->outgoing.end()) return;
    const OutgoingRecord& message = found->second;
    state->letters.push_back({false, message.endpoint.text(), message.sequence.text(), change.reason,
                              message.number.value(), message.one_way, message.action,
                              message.message_id.value_or(MessageId()).text(),
                              message.payload ? message.payload->entity : ""});
    state->outgoing.erase(found);
  }

  static void Remove(engine::RecoveredAcceptor* acceptor, MessageNumber number) {
    auto& all = acceptor->messages;
    all.erase(std::remove_if(all.begin(), all.end(), [&](const ReceivedMessage& m) { return m.number == number; }),
              all.end());
  }
  static void RemoveReply(engine::RecoveredAcceptor* acceptor, MessageNumber request) {
    auto& all = acceptor->replies;
    all.erase(std::remove_if(all.begin(), all.end(), [&](const auto& reply) { return reply.request == request; }),
              all.end());
  }
};

void WriteAcceptor(const engine::RecoveredAcceptor& acceptor, std::ostream& text) {
  const engine::AcceptorIdentity& identity = acceptor.created.identity;
  const engine::AcceptorState& state = acceptor.state;
  text << "acceptor " << identity.sequence.text() << " offered=" << identity.offered.text()
       << " principal=" << identity.principal.text() << " protocol=" << ProtocolText(identity.protocol)
       << " to=" << identity.to.text() << " create=" << acceptor.created.create_message_id.text()
       << " expires=" << acceptor.created.expires.value_or("none") << "\n  acknowledged=["
       << store::RangesText(state.acknowledged) << "] highest=" << state.highest.value()
       << " last=" << (state.last.has_value() ? std::to_string(state.last->value()) : "none")
       << " closed=" << state.closed << " last_reply=" << state.last_reply.value() << " ended=" << acceptor.ended << " "
       << acceptor.final_answer << "\n";
  for (const ReceivedMessage& message : acceptor.messages) {
    text << "  message " << message.number.value() << " begun=" << message.begun << " one_way=" << message.one_way
         << " " << message.action << " " << IdText(message.message_id) << " " << PayloadText(message.payload) << "\n";
  }
  for (const engine::RecoveredAcceptor::Reply& kept : acceptor.replies) {
    const engine::KeptReply& reply = kept.reply;
    text << "  reply to " << kept.request.value() << " number=" << reply.number.value() << " " << reply.http_status
         << " last=" << reply.last_message << " " << reply.action << " " << IdText(reply.relates_to) << " "
         << PayloadText(reply.payload) << "\n";
  }
}

Letter ReadLetter(sqlite3_stmt* row) {
  auto text = [row](int column) {
    const void* bytes = sqlite3_column_blob(row, column);
    auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
    return bytes != nullptr ? std::string(static_cast<const char*>(bytes), size) : std::string();
  };
  return {sqlite3_column_int(row, 0) != 0,
          text(1),
          text(2),
          text(3),
          static_cast<std::uint64_t>(sqlite3_column_int64(row, 4)),
          sqlite3_column_int(row, 5) != 0,
          text(6),
          text(7),
          text(8)};
}

std::vector<Letter> ReadLetters(const std::string& path) {
  std::vector<Letter> letters;
  sqlite3* file = nullptr;
  sqlite3_stmt* rows = nullptr;
  if (sqlite3_open_v2(path.c_str(), &file, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK &&
      sqlite3_prepare_v2(file,
                         "SELECT role, endpoint, sequence, reason, number, one_way, action, message_id, entity "
                         "FROM rm_dead_letter ORDER BY id",
                         -1, &rows, nullptr) == SQLITE_OK) {
    while (sqlite3_step(rows) == SQLITE_ROW) letters.push_back(ReadLetter(rows));
  }
  sqlite3_finalize(rows);
  sqlite3_close(file);
  return letters;
}

}  // namespace

void State::Apply(const engine::Changes& changes) {
  for (const engine::Change& change : changes) std::visit(Applier{this}, change);
}

std::string State::Text() const {
  std::ostringstream text;
  for (const auto& [sequence, acceptor] : acceptors) WriteAcceptor(acceptor, text);
  for (const auto& [sequence, record] : initiators) {
    text << "initiator " << sequence.text() << " offered=" << record.offered.text()
         << " endpoint=" << record.endpoint.text() << " protocol=" << ProtocolText(record.protocol)
         << " newest=" << record.newest.value() << " acknowledged=[" << store::RangesText(record.acknowledged)
         << "] replies=[" << store::RangesText(record.replies) << "]\n";
  }
  for (const auto& [id, message] : outgoing) {
    text << "outgoing " << id << " to=" << message.endpoint.text() << " sequence=" << message.sequence.text() << " "
         << message.number.value() << " one_way=" << message.one_way << " " << message.action << " "
         << IdText(message.message_id) << " " << PayloadText(message.payload) << "\n";
  }
  for (const Letter& letter : letters) {
    text << "letter " << (letter.server ? "server" : "client") << " to=" << letter.endpoint
         << " sequence=" << letter.sequence << " " << letter.number << " one_way=" << letter.one_way << " "
         << letter.action << " '" << letter.message_id << "' " << EntityText(letter.entity) << " because "
         << letter.reason << "\n";
  }
  return text.str();
}

void StateReader::Acceptor(engine::RecoveredAcceptor acceptor) {
  SequenceId sequence = acceptor.created.identity.sequence;
  state.acceptors[sequence] = std::move(acceptor);
}

void StateReader::Initiator(engine::RecoveredInitiator initiator) {
  for (OutgoingRecord& message : initiator.messages) {
    engine::OutgoingId id = message.id;
    state.outgoing[id] = std::move(message);
  }
  SequenceId sequence = initiator.record.sequence;
  state.initiators[sequence] = std::move(initiator.record);
}

void StateReader::Progress(std::uint64_t done, std::uint64_t total) { progress.emplace_back(done, total); }

Status StateReader::Read(store::Store* store, const std::string& path) {
  Status problem = store->Load(this);
  if (!problem.ok()) return problem;
  for (const Uri& endpoint : store->WaitingEndpoints()) {
    for (OutgoingRecord& message : store->Waiting(endpoint, 0, 1000000)) {
      engine::OutgoingId id = message.id;
      state.outgoing[id] = std::move(message);
    }
  }
  state.letters = ReadLetters(path);
  return problem;
}

}  // namespace gsoaprm::testing
