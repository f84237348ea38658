// What the oracle demands of hosts whose sessions outlive their processes: what they show is on their disks.
#include <algorithm>

#include "tests/simulation/oracle.h"
#include "tests/support/pair_server.h"
#include "wire/describe.h"

namespace gsoaprm::simulation {

void Oracle::UseDisks(const testing::FakeDisk* server, const testing::FakeDisk* client) {
  server_disk_ = server;
  client_disk_ = client;
}

// ---- the server ----

const testing::FakeDisk::Acceptor* Oracle::OnDisk(const SequenceId& sequence) const {
  const auto found = server_disk_->acceptors.find(sequence);
  return found == server_disk_->acceptors.end() ? nullptr : &found->second;
}

void Oracle::CheckAcknowledgementOnDisk(const wire::AcknowledgementHeader& header) {
  if (!server_disk_) return;
  const testing::FakeDisk::Acceptor* acceptor = OnDisk(header.id);
  Check(acceptor && acceptor->state.acknowledged.Covers(header.ranges), "S3, acknowledged and not durable");
}

void Oracle::CheckReplyOnDisk(const wire::Envelope& request, const wire::Envelope& answer) {
  if (!server_disk_) return;
  const testing::FakeDisk::Acceptor* acceptor = OnDisk(request.sequence->id);
  if (acceptor && acceptor->ended) return;
  const bool there = acceptor && acceptor->replies.count(request.sequence->number) > 0;
  Check(there && acceptor->replies.at(request.sequence->number).number == answer.sequence->number,
        "S8, a reply that is not durable", wire::Describe(answer));
}

void Oracle::NoteExecution(Call* call, const std::string& about) {
  ++call->executions;
  if (server_disk_) trace_.Note(world_.now, "runs " + about);
  if (call->executions > 1) ++tally_[Event::kRunAgain];
  Check(call->executions <= 1 + call->excused, "S1, an operation ran twice", about);
}

void Oracle::OperationCommits(const SequenceId& sequence, MessageNumber number, const std::string& text) {
  OperationAnswers(text);
  const std::string about = text + " as number " + std::to_string(number.value());
  if (Call* call = FindCall(text)) NoteExecution(call, about);
  Check(IsDoneOnDisk(sequence, number), "S7, an effect without its mark", about);
}

void Oracle::OperationIsUndone(const SequenceId& sequence, MessageNumber number) {
  if (Destination* destination = FindDestination(sequence)) {
    destination->started.Remove(number);
    destination->ran.erase(number);
  }
}

// Whether no process will run it (again).
bool Oracle::IsDoneOnDisk(const SequenceId& sequence, MessageNumber number) const {
  const testing::FakeDisk::Acceptor* acceptor = OnDisk(sequence);
  if (!acceptor || acceptor->ended) return true;
  return acceptor->state.acknowledged.Contains(number) && acceptor->messages.count(number) == 0;
}

// What had begun and is not done on the disk runs again, unless it may run once at most.
void Oracle::ServerStops() {
  trace_.Note(world_.now, "the server stops");
  // Also what it had not told anybody any more.
  for (const auto& acceptor : server_disk_->acceptors) {
    for (const auto& message : acceptor.second.messages) {
      if (!message.second.begun) continue;
      if (Call* call = FindCall(testing::TextOf(*message.second.payload))) call->cut_short = true;
      if (Destination* destination = FindDestination(acceptor.first)) destination->started.Insert(message.first);
    }
  }
  for (const auto& destination : destinations_) {
    destination->running = 0;
    for (auto it = destination->ran.begin(); it != destination->ran.end();) {
      const auto [number, id] = *it;
      if (IsDoneOnDisk(destination->id, number)) {
        ++it;
        continue;
      }
      Call& call = calls_[static_cast<std::size_t>(id) - 1];
      call.cut_short = true;
      if (parameters_.at_most_once()) {
        ++it;
        continue;
      }
      if (!parameters_.exactly_once()) ++call.excused;
      destination->started.Remove(number);
      it = destination->ran.erase(it);
    }
  }
}

void Oracle::ServerStarts() { trace_.Note(world_.now, "the server starts"); }

// At most once: nobody will run them, and the next one's turn has come.
void Oracle::NoteDeadLetters() {
  if (!parameters_.at_most_once()) return;
  for (const testing::FakeDisk::DeadLetter& letter : server_disk_->dead_letters) {
    if (Destination* destination = FindDestination(letter.sequence)) destination->started.Insert(letter.number);
  }
}

// At most once: what a crash has cut short is answered by the next process, since nobody knows more.
bool Oracle::IsAnswerOfCrash(const Call& call, const engine::CompleteCall& end) const {
  if (!parameters_.at_most_once() || !end.reply) return false;
  const std::string& text = end.reply->entity;
  return (call.cut_short && text.find("The server stopped while the operation ran") != std::string::npos) ||
         (call.executions == 0 && text.find("The store did not take the message in time") != std::string::npos);
}

// A store that takes nothing refuses sessions, also those that nothing else may end.
bool Oracle::IsRefusedByStore(const Source& source, const Status& reason) const {
  // SOAP 1.1 knows no subcode of it.
  const bool refused = reason.code == "ConnectionLimitReached" || reason.code == "CreateSequenceRefused";
  return server_disk_ && source.created.empty() && refused;
}

void Oracle::CollectDeadLetters() {
  for (const testing::FakeDisk* disk : {server_disk_, client_disk_}) {
    if (!disk) continue;
    for (const testing::FakeDisk::DeadLetter& letter : disk->dead_letters) {
      ++tally_[Event::kDeadLetter];
      Check(!letter.reason.empty(), "a dead letter without a reason");
      dead_letters_.insert(testing::TextOf(*letter.payload));
    }
  }
}

}  // namespace gsoaprm::simulation
