#include "tests/support/fake_disk.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <variant>

namespace gsoaprm::testing {

struct FakeDisk::Writer {
  FakeDisk& disk;

  Acceptor* Find(const SequenceId& sequence) const {
    const auto found = disk.acceptors.find(sequence);
    return found == disk.acceptors.end() ? nullptr : &found->second;
  }

  void operator()(const engine::SequenceCreated& change) const {
    const SequenceId& sequence = change.identity.sequence;
    if (Find(sequence) == nullptr) disk.in_order_of_creation.push_back(sequence);
    disk.acceptors[sequence].created = change;
  }
  void operator()(const engine::SequenceAdvanced& change) const {
    if (Acceptor* acceptor = Find(change.sequence)) acceptor->state = change.state;
  }
  void operator()(const engine::SequenceEnded& change) const {
    Acceptor* const acceptor = Find(change.sequence);
    if (acceptor == nullptr) return;
    acceptor->ended = true;
    acceptor->final_answer = change.final_answer;
    acceptor->replies.clear();
  }
  void operator()(const engine::SequenceForgotten& change) const {
    disk.acceptors.erase(change.sequence);
    auto& order = disk.in_order_of_creation;
    order.erase(std::remove(order.begin(), order.end(), change.sequence), order.end());
  }
  void operator()(const engine::MessageTaken& change) const {
    if (Acceptor* acceptor = Find(change.sequence)) acceptor->messages[change.message.number] = change.message;
  }
  void operator()(const engine::MessageDone& change) const {
    if (Acceptor* acceptor = Find(change.sequence)) acceptor->messages.erase(change.number);
  }
  void operator()(const engine::MessageBuried& change) const {
    Acceptor* const acceptor = Find(change.sequence);
    if (acceptor == nullptr || acceptor->messages.count(change.number) == 0) return;
    DeadLetter letter;
    letter.sequence = change.sequence;
    letter.number = change.number;
    letter.payload = acceptor->messages[change.number].payload;
    letter.reason = change.reason;
    disk.dead_letters.push_back(std::move(letter));
    acceptor->messages.erase(change.number);
  }
  void operator()(const engine::ReplyKept& change) const {
    if (Acceptor* acceptor = Find(change.sequence)) acceptor->replies[change.request] = change.reply;
  }
  void operator()(const engine::ReplyReleased& change) const {
    if (Acceptor* acceptor = Find(change.sequence)) acceptor->replies.erase(change.request);
  }

  void operator()(const engine::InitiatorAdvanced& change) const {
    disk.initiators[change.record.sequence] = change.record;
  }
  void operator()(const engine::InitiatorEnded& change) const { disk.initiators.erase(change.sequence); }
  void operator()(const engine::OutgoingPut& change) const { disk.outgoing[change.message.id] = change.message; }
  void operator()(const engine::OutgoingAssigned& change) const {
    const auto found = disk.outgoing.find(change.id);
    if (found == disk.outgoing.end()) return;
    found->second.sequence = change.sequence;
    found->second.number = change.number;
  }
  void operator()(const engine::OutgoingDone& change) const { disk.outgoing.erase(change.id); }
  void operator()(const engine::OutgoingBuried& change) const {
    const auto found = disk.outgoing.find(change.id);
    if (found == disk.outgoing.end()) return;
    DeadLetter letter;
    letter.sequence = found->second.sequence;
    letter.number = found->second.number;
    letter.id = change.id;
    letter.payload = found->second.payload;
    letter.reason = change.reason;
    disk.dead_letters.push_back(std::move(letter));
    disk.buried_[change.id] = found->second;
    disk.outgoing.erase(found);
  }
};

void FakeDisk::Apply(const engine::Changes& changes) {
  for (const engine::Change& change : changes) std::visit(Writer{*this}, change);
}

std::vector<engine::RecoveredAcceptor> FakeDisk::RecoveredAcceptors() const {
  std::vector<engine::RecoveredAcceptor> all;
  for (const SequenceId& sequence : in_order_of_creation) {
    const Acceptor& acceptor = acceptors.at(sequence);
    engine::RecoveredAcceptor recovered;
    recovered.created = acceptor.created;
    recovered.state = acceptor.state;
    recovered.ended = acceptor.ended;
    recovered.final_answer = acceptor.final_answer;
    for (const auto& entry : acceptor.messages) recovered.messages.push_back(entry.second);
    for (const auto& [request, reply] : acceptor.replies) recovered.replies.push_back({request, reply});
    all.push_back(std::move(recovered));
  }
  return all;
}

std::vector<engine::RecoveredInitiator> FakeDisk::RecoveredInitiators() const {
  std::vector<engine::RecoveredInitiator> all;
  for (const auto& [sequence, record] : initiators) {
    engine::RecoveredInitiator recovered;
    recovered.record = record;
    for (const auto& entry : outgoing)
      if (entry.second.sequence == sequence) recovered.messages.push_back(entry.second);
    std::sort(recovered.messages.begin(), recovered.messages.end(),
              [](const auto& a, const auto& b) { return a.number < b.number; });
    all.push_back(std::move(recovered));
  }
  return all;
}

void FakeDisk::Recover(store::Recovery* recovery) const {
  std::vector<engine::RecoveredAcceptor> for_server = RecoveredAcceptors();
  std::vector<engine::RecoveredInitiator> for_clients = RecoveredInitiators();
  const std::uint64_t total = for_server.size() + for_clients.size();
  for (engine::RecoveredAcceptor& acceptor : for_server) recovery->Acceptor(std::move(acceptor));
  for (engine::RecoveredInitiator& initiator : for_clients) recovery->Initiator(std::move(initiator));
  recovery->Progress(total, total);
}

std::vector<engine::OutgoingRecord> FakeDisk::Waiting(const Uri& endpoint, engine::OutgoingId after,
                                                      std::size_t limit) const {
  std::vector<engine::OutgoingRecord> waiting;
  for (auto entry = outgoing.upper_bound(after); entry != outgoing.end() && waiting.size() < limit; ++entry)
    if (entry->second.sequence.empty() && entry->second.endpoint == endpoint) waiting.push_back(entry->second);
  return waiting;
}

std::vector<Uri> FakeDisk::WaitingEndpoints() const {
  std::set<Uri> endpoints;
  for (const auto& entry : outgoing)
    if (entry.second.sequence.empty()) endpoints.insert(entry.second.endpoint);
  return std::vector<Uri>(endpoints.begin(), endpoints.end());
}

engine::OutgoingId FakeDisk::greatest_id() const {
  engine::OutgoingId greatest = outgoing.empty() ? 0 : outgoing.rbegin()->first;
  for (const DeadLetter& letter : dead_letters) greatest = std::max(greatest, letter.id);
  return greatest;
}

bool FakeDisk::Redrive(engine::OutgoingId id) {
  const auto found = buried_.find(id);
  if (found == buried_.end()) return false;
  engine::OutgoingRecord record = found->second;
  record.sequence = SequenceId();
  record.number = MessageNumber();
  outgoing[id] = std::move(record);
  buried_.erase(found);
  dead_letters.erase(std::remove_if(dead_letters.begin(), dead_letters.end(),
                                    [id](const DeadLetter& letter) { return letter.id == id; }),
                     dead_letters.end());
  return true;
}

// ---- text ----

namespace {

std::string PayloadText(const wire::PayloadPointer& payload) {
  return payload ? "'" + payload->entity + "'" : std::string("none");
}

template <class Id>
std::string IdText(const std::optional<Id>& id) {
  return id ? id->text() : std::string("none");
}

void Write(std::ostream& out, const FakeDisk::Acceptor& acceptor) {
  const engine::AcceptorIdentity& identity = acceptor.created.identity;
  const engine::AcceptorState& state = acceptor.state;
  out << "acceptor " << identity.sequence.text() << " offered=" << identity.offered.text()
      << " principal=" << identity.principal.text() << " to=" << identity.to.text()
      << " create=" << acceptor.created.create_message_id.text()
      << " expires=" << acceptor.created.expires.value_or("none") << " acked=" << Text(state.acknowledged)
      << " highest=" << state.highest.value() << " last=" << state.last.value_or(MessageNumber()).value()
      << " closed=" << state.closed << " last_reply=" << state.last_reply.value() << " ended=" << acceptor.ended
      << "\n";
  if (!acceptor.final_answer.empty()) out << "  final " << acceptor.final_answer << "\n";
  for (const auto& [number, message] : acceptor.messages) {
    out << "  message " << number.value() << " begun=" << message.begun << " one_way=" << message.one_way << " "
        << PayloadText(message.payload) << " " << message.action << " " << IdText(message.message_id) << "\n";
  }
  for (const auto& [request, reply] : acceptor.replies) {
    out << "  reply to " << request.value() << ": " << reply.number.value() << " " << PayloadText(reply.payload) << " "
        << reply.action << " " << IdText(reply.relates_to) << " " << reply.http_status << " last=" << reply.last_message
        << "\n";
  }
}

void Write(std::ostream& out, const engine::OutgoingRecord& message) {
  out << "outgoing " << message.id << " to=" << message.endpoint.text() << " sequence=" << message.sequence.text()
      << " number=" << message.number.value() << " one_way=" << message.one_way << " " << PayloadText(message.payload)
      << " " << message.action << " " << IdText(message.message_id) << "\n";
}

}  // namespace

std::string Text(const MessageRanges& ranges) {
  if (ranges.empty()) return "none";
  std::string text;
  for (const MessageRange& range : ranges.ranges())
    text += "[" + std::to_string(range.lower.value()) + "-" + std::to_string(range.upper.value()) + "]";
  return text;
}

std::string FakeDisk::Text() const {
  std::ostringstream out;
  for (const SequenceId& sequence : in_order_of_creation) Write(out, acceptors.at(sequence));
  for (const auto& [sequence, record] : initiators) {
    out << "initiator " << sequence.text() << " offered=" << record.offered.text() << " to=" << record.endpoint.text()
        << " newest=" << record.newest.value() << " acked=" << testing::Text(record.acknowledged)
        << " replies=" << testing::Text(record.replies) << "\n";
  }
  for (const auto& entry : outgoing) Write(out, entry.second);
  for (const DeadLetter& letter : dead_letters) {
    out << "dead " << letter.sequence.text() << " " << letter.number.value() << " " << letter.id << " "
        << PayloadText(letter.payload) << " " << letter.reason << "\n";
  }
  for (const auto& [key, value] : application) out << "application " << key << "=" << value << "\n";
  return out.str();
}

}  // namespace gsoaprm::testing
