// What the oracle demands of hosts whose sessions outlive their processes: what they show is on their disks.
#include <algorithm>
#include <iterator>

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
  // Also to a durable client that has asked for minutes, whose peer has forgotten that it was the same.
  return (server_disk_ || client_disk_) && source.created.empty() && refused;
}

// ---- the client ----

void Oracle::CallBegins(int call) { calls_[static_cast<std::size_t>(call) - 1].result.reset(); }

void Oracle::CallDeposited(int call) {
  calls_[static_cast<std::size_t>(call) - 1].accepted = true;
  ++tally_.messages;
}

void Oracle::CallUncertain(int call, const engine::CompleteCall& end) {
  calls_[static_cast<std::size_t>(call) - 1].result = end;
  ++tally_.messages;
}

// What its store has is taken; what else was under way nobody will ever be told of.
void Oracle::ClientStops() {
  trace_.Note(world_.now, "the client stops");
  for (Call& call : calls_) call.interrupted = true;
  for (const auto& entry : client_disk_->outgoing) {
    Call* call = FindCall(testing::TextOf(*entry.second.payload));
    if (call) call->accepted = true;
  }
  for (Source& source : sources_) {
    if (client_disk_->initiators.count(source.created) == 0) source.left = true;
    ForgetWhatNobodySaw(&source);
  }
}

// Numbers and acknowledgements that were neither written nor sent may be given anew.
void Oracle::ForgetWhatNobodySaw(Source* source) {
  source->told = source->told_durably;
  for (auto it = source->call_of.begin(); it != source->call_of.end();) {
    const MessageNumber number = it->first;
    const bool kept = source->sent.count(number) > 0 ||
                      std::any_of(client_disk_->outgoing.begin(), client_disk_->outgoing.end(), [&](const auto& row) {
                        return row.second.sequence == source->created && row.second.number == number;
                      });
    if (!kept) source->texts.erase(number);
    it = kept ? std::next(it) : source->call_of.erase(it);
  }
}

// In the order of the making, whenever a connection is free.
void Oracle::ClientMakes(std::size_t session, const engine::Transmit& transmit) {
  const auto& header = transmit.envelope.acknowledgement;
  if (!header) return;
  Source& source = sources_[session];
  Check(header->ranges.Covers(source.told), "S6, an acknowledgement was taken back", wire::Describe(transmit.envelope));
  source.told = header->ranges;
}

std::size_t Oracle::SessionResumes(const SequenceId& sequence) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (sources_[i].created != sequence) continue;
    sources_[i].resumed = true;
    sources_[i].ended.reset();  // of which the store had not heard
    sources_[i].fault.reset();
    trace_.Note(world_.now, "session " + std::to_string(i + 1) + " resumes");
    return i;
  }
  Broken("a session was resumed that was never made");
  return SessionBegins();
}

// Its number and its content are its own, whatever crashes; and nothing is sent that the next process would not know.
void Oracle::CheckNumberOnDisk(Source* source, const wire::Envelope& message) {
  if (!message.payload()) return;
  const MessageNumber number = message.sequence->number;
  const std::string text = testing::TextOf(**message.payload());
  const std::string about = wire::Describe(message) + ", " + text;
  Call* call = FindCall(text);
  if (!call) {
    Broken("S11, nobody has called what was sent: " + about);
    return;
  }
  Check(source->call_of.emplace(number, call->id).first->second == call->id, "S10, a number was given out twice",
        about);
  const std::size_t session = static_cast<std::size_t>(source - sources_.data());
  if (call->sent_in && *call->sent_in != session) {
    Check(parameters_.client_options.resend_after_loss, "S1, sent again in another session", about);
    ++call->excused;
  }
  call->sent_in = session;
  source->sent.insert(number);
  const bool there = std::any_of(client_disk_->outgoing.begin(), client_disk_->outgoing.end(), [&](const auto& row) {
    return row.second.sequence == source->created && row.second.number == number;
  });
  // Its last copy may leave when it is settled.
  Check(there || source->acknowledged.Contains(number), "S3, a message was sent that is not durable", about);
  const bool known = client_disk_->initiators.count(source->created) > 0;
  Check(known || source->acknowledged.Contains(number), "S10, a message of a sequence that is not durable", about);
}

void Oracle::CheckRepliesOnDisk(Source* source, const wire::AcknowledgementHeader& header) {
  for (const MessageRange& range : header.ranges.ranges()) source->told_durably.InsertRange(range.lower, range.upper);
  const auto record = client_disk_->initiators.find(source->created);
  // When its end has begun nothing of it will be resumed.
  if (record == client_disk_->initiators.end()) return;
  Check(record->second.replies.Covers(header.ranges), "S3, a reply was acknowledged that is not durable");
}

bool Oracle::IsMissing(const Call& call) const {
  return call.accepted && call.executions == 0 && dead_letters_.count(TextOfCall(call)) == 0;
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
