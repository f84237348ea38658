#include "tests/fuzz/session/server_half.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "tests/fuzz/require.h"

namespace gsoaprm::fuzz {

namespace {

const SequenceId* NamedSequence(const wire::Envelope& message) {
  if (message.sequence) return &message.sequence->id;
  if (message.ack_requested) return &message.ack_requested->id;
  if (const auto* close = std::get_if<wire::CloseSequence>(&message.body)) return &close->id;
  if (const auto* terminate = std::get_if<wire::TerminateSequence>(&message.body)) return &terminate->id;
  if (const auto* fault = message.fault(); fault && fault->id) return &*fault->id;
  if (message.acknowledgement) return &message.acknowledgement->id;
  return nullptr;
}

bool IsReliable(const wire::Envelope& message) {
  return message.has_rm_headers() || message.rm_action != wire::RmAction::kNone || message.fault() != nullptr;
}

const wire::PayloadPointer* PayloadOf(const wire::Envelope& message) {
  if (const wire::PayloadPointer* payload = message.payload()) return payload;
  const wire::Fault* fault = message.fault();
  return fault ? &fault->payload : nullptr;
}

std::string TextOf(const wire::Payload& payload) {
  const std::size_t begin = payload.entity.find("<t>");
  const std::size_t end = payload.entity.find("</t>");
  return begin < end ? payload.entity.substr(begin + 3, end - begin - 3) : std::string();
}

}  // namespace

ServerHalf::ServerHalf(const engine::Options& options, Input* input)
    : options_(options), input_(*input), listener_(std::make_unique<engine::Listener>(options, &ids_)) {}

MessageNumber ServerHalf::highest(const SequenceId& sequence) const {
  const auto found = sessions_.find(sequence);
  return MessageNumber(found == sessions_.end() ? 0 : found->second->highest);
}

// ---- messages ----

void ServerHalf::Receive(Timestamp now, std::uint64_t exchange, const wire::Envelope& message,
                         const Principal& principal) {
  if (std::holds_alternative<wire::CreateSequence>(message.body)) {
    Create(now, exchange, message, principal);
  } else if (!IsReliable(message)) {
    on_answer(exchange, listener_->HandlePlain(message));
  } else if (const SessionPointer session = Find(message, principal)) {
    Handle(now, session, exchange, message);
  } else {
    const engine::Respond respond = listener_->HandleUnknown(now, message, principal);
    REQUIRE(respond.envelope.payload() == nullptr);
    on_answer(exchange, respond);
  }
  ForgetEnded(now);
}

void ServerHalf::ReceiveUnreadable(const wire::ReadResult& result) {
  const SequenceId* id = NamedSequence(result.envelope);
  const auto found = id ? sessions_.find(*id) : sessions_.end();
  if (found == sessions_.end()) return;
  const engine::Respond respond = found->second->acceptor->RefuseUnreadable(result);
  Record(found->second.get());
  REQUIRE(respond.envelope.fault() != nullptr);
}

ServerHalf::SessionPointer ServerHalf::Find(const wire::Envelope& message, const Principal& principal) const {
  const SequenceId* id = NamedSequence(message);
  const auto found = id ? sessions_.find(*id) : sessions_.end();
  const bool owned = found != sessions_.end() && found->second->acceptor->identity().principal == principal;
  return owned ? found->second : nullptr;
}

void ServerHalf::Create(Timestamp now, std::uint64_t exchange, const wire::Envelope& message,
                        const Principal& principal) {
  engine::CreateDisposition disposition = listener_->HandleCreate(now, message, principal);
  auto* accepted = std::get_if<engine::SessionAccepted>(&disposition);
  if (accepted == nullptr) {
    on_answer(exchange, std::get<engine::Respond>(disposition));
    return;
  }
  const engine::AcceptorIdentity& identity = accepted->identity;
  REQUIRE(std::find(known_.begin(), known_.end(), identity.sequence) == known_.end());
  REQUIRE(identity.protocol == message.protocol && identity.principal == principal);
  auto session = std::make_shared<Session>();
  session->acceptor = std::make_unique<engine::AcceptorSession>(options_, identity, now);
  if (options_.durable) {
    disk_.Apply({engine::SequenceCreated{identity, accepted->create_message_id, accepted->expires}});
  }
  REQUIRE(sessions_.emplace(identity.sequence, session).second);
  known_.push_back(identity.sequence);
  if (!identity.offered.empty()) {
    // An identifier that is in use is not taken as an offer.
    REQUIRE(sessions_.emplace(identity.offered, session).second);
    known_.push_back(identity.offered);
  }
  all_.push_back(std::move(session));
  on_answer(exchange, accepted->response);
}

void ServerHalf::Handle(Timestamp now, const SessionPointer& session, std::uint64_t exchange,
                        const wire::Envelope& message) {
  if (!std::exchange(session->active, true)) listener_->SessionActive(session->acceptor->identity().sequence);
  const std::uint8_t choice = input_.Byte();
  const engine::ExchangeTraits traits{(choice & 1) == 0, (choice & 2) == 0};
  MessageNumber number;
  if (message.sequence && message.sequence->id == session->acceptor->identity().sequence) {
    number = message.sequence->number;
    auto& payloads = session->received[number.value()];
    if (const wire::PayloadPointer* payload = PayloadOf(message)) payloads.push_back(*payload);
    session->highest = std::max(session->highest, number.value());
  }
  Carry(session, exchange, number, traits.may_wait, session->acceptor->HandleMessage(now, message, traits));
}

void ServerHalf::Carry(const SessionPointer& session, std::uint64_t exchange, MessageNumber number, bool may_wait,
                       engine::Disposition disposition) {
  Record(session.get());
  if (const auto* respond = std::get_if<engine::Respond>(&disposition)) {
    CheckAnswer(session.get(), number, *respond);
    on_answer(exchange, *respond);
  } else if (const auto* deliver = std::get_if<engine::Deliver>(&disposition)) {
    REQUIRE(deliver->number == number);
    Run(session, *deliver, exchange, true);
  } else if (const auto* wait = std::get_if<engine::WaitTurn>(&disposition)) {
    REQUIRE(may_wait && wait->number == number);
    for (const Waiting& other : waiting_) REQUIRE(other.late || other.session != session || other.number != number);
    waiting_.push_back(Waiting{session, number, exchange});
  } else {
    on_answer(exchange, std::nullopt);
  }
}

void ServerHalf::Run(const SessionPointer& session, const engine::Deliver& deliver, std::uint64_t exchange,
                     bool has_exchange) {
  const std::uint64_t number = deliver.number.value();
  const auto& payloads = session->received[number];
  REQUIRE(deliver.payload != nullptr);
  REQUIRE(std::find(payloads.begin(), payloads.end(), deliver.payload) != payloads.end());
  // At most once, and in order. What a crash has cut short may be made up for.
  REQUIRE(session->executed.insert(number).second);
  session->begun.insert(number);
  if (options_.ordered) REQUIRE(*session->begun.rbegin() == session->begun.size());
  ++session->running;
  if (options_.concurrency_mode == engine::ConcurrencyMode::kSingle) REQUIRE(session->running == 1);
  operations_.push_back(Operation{session, deliver.number, exchange, has_exchange, false});
  if (on_execution) on_execution(TextOf(*deliver.payload));
}

void ServerHalf::CheckAnswer(Session* session, MessageNumber number, const engine::Respond& respond) {
  const engine::AcceptorIdentity& identity = session->acceptor->identity();
  const wire::Envelope& envelope = respond.envelope;
  if (envelope.acknowledgement) CheckAcknowledgement(session, *envelope.acknowledgement);
  if (!envelope.sequence) {
    REQUIRE(envelope.payload() == nullptr);
    return;
  }
  REQUIRE(envelope.sequence->id == identity.offered && !identity.offered.empty());
  // The number of a reply stands for one request.
  const auto [entry, inserted] = session->reply_numbers.emplace(envelope.sequence->number.value(), number.value());
  REQUIRE(inserted || entry->second == number.value());
  if (envelope.payload() == nullptr) return;
  if (session->interrupted.count(number.value()) > 0) session->replies.emplace(number.value(), *envelope.payload());
  const auto reply = session->replies.find(number.value());
  REQUIRE(reply != session->replies.end() && *envelope.payload() == reply->second);
  // It acknowledges its own request.
  REQUIRE(envelope.acknowledgement && envelope.acknowledgement->ranges.Contains(number));
}

void ServerHalf::CheckAcknowledgement(Session* session, const wire::AcknowledgementHeader& header) {
  // In the detail of a fault, or of a sequence that is unknown, it is the peer's own.
  if (header.id != session->acceptor->identity().sequence) return;
  REQUIRE(header.ranges.IsCanonical());
  REQUIRE(header.ranges.Covers(session->acknowledged));
  std::uint64_t received = 0;
  for (const auto& entry : session->received) received += header.ranges.Contains(MessageNumber(entry.first)) ? 1 : 0;
  REQUIRE(received == header.ranges.Count());
  session->acknowledged = header.ranges;
}

// ---- what the program around it does ----

void ServerHalf::Step(Timestamp now) {
  const std::size_t choice = input_.Below(8);
  if (choice == 0 && !waiting_.empty()) {
    TryWaiting(now, input_.Below(waiting_.size()));
  } else if (choice == 1 && !waiting_.empty()) {
    const std::size_t index = input_.Below(waiting_.size());
    const Waiting waiting = waiting_[index];
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(index));
    waiting.session->acceptor->StopWaiting(now, waiting.number);
    Record(waiting.session.get());
    on_answer(waiting.exchange, std::nullopt);
  } else if (choice == 2) {
    TakeReady(now);
  } else if (choice == 3 && input_.Below(16) == 15) {
    listener_->StopAccepting();
  } else if (!operations_.empty()) {
    const std::size_t index = input_.Below(operations_.size());
    Operation& operation = operations_[index];
    if (options_.durable && !operation.answered && choice == 5 && input_.Below(4) == 3) {
      Undo(now, index);
      return;
    }
    const bool answers = !operation.answered && choice != 4;
    if (answers) Answer(now, &operation, MakeAnswer(operation));
    if (choice >= 6 || !answers) Return(now, index);
  }
  ForgetEnded(now);
}

engine::OperationAnswer ServerHalf::MakeAnswer(const Operation& operation) {
  engine::OperationAnswer answer;
  const std::size_t choice = input_.Below(4);
  if (choice == 3) return answer;
  const wire::Protocol& protocol = operation.session->acceptor->identity().protocol;
  const auto& received = operation.session->received[operation.number.value()];
  answer.reply = MakePayload(protocol, "re " + TextOf(*received.front()), choice == 2);
  if (choice == 2) answer.http_status = 500;
  return answer;
}

void ServerHalf::Answer(Timestamp now, Operation* operation, engine::OperationAnswer answer) {
  operation->answered = true;
  const Operation copy = *operation;
  if (answer.reply) copy.session->replies[copy.number.value()] = answer.reply;
  engine::Disposition disposition = copy.session->acceptor->OperationAnswered(now, copy.number, std::move(answer));
  Record(copy.session.get());
  REQUIRE(!std::holds_alternative<engine::Deliver>(disposition));
  REQUIRE(!std::holds_alternative<engine::WaitTurn>(disposition));
  if (copy.has_exchange) Carry(copy.session, copy.exchange, copy.number, false, std::move(disposition));
}

void ServerHalf::Return(Timestamp now, std::size_t index) {
  const Operation operation = operations_[index];
  operations_.erase(operations_.begin() + static_cast<std::ptrdiff_t>(index));
  operation.session->acceptor->OperationReturned(now, operation.number);
  Record(operation.session.get());
  --operation.session->running;
  if (operation.has_exchange && !operation.answered) on_answer(operation.exchange, std::nullopt);
}

void ServerHalf::TryWaiting(Timestamp now, std::size_t index) {
  const Waiting waiting = waiting_[index];
  waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(index));
  Carry(waiting.session, waiting.exchange, waiting.number, true,
        waiting.session->acceptor->TryBegin(now, waiting.number));
}

void ServerHalf::TakeReady(Timestamp now) {
  if (all_.empty()) return;
  const SessionPointer session = all_[input_.Below(all_.size())];
  const bool has_ready = session->acceptor->HasReady();
  const auto ready = session->acceptor->TakeReady(now);
  REQUIRE(has_ready == ready.has_value());
  Record(session.get());
  if (ready) Run(session, *ready, 0, false);
}

void ServerHalf::ForgetEnded(Timestamp now) {
  for (const SessionPointer& session : all_) {
    const engine::AcceptorSession& acceptor = *session->acceptor;
    if (session->over || !acceptor.ended()) continue;
    session->over = true;
    sessions_.erase(acceptor.identity().sequence);
    if (!acceptor.identity().offered.empty()) sessions_.erase(acceptor.identity().offered);
    listener_->SessionEnded(now, acceptor.identity().sequence, acceptor.FinalAnswer());
  }
}

// It was not to be run, or the transaction that it ran in could not be committed.
void ServerHalf::Undo(Timestamp now, std::size_t index) {
  const Operation operation = operations_[index];
  operations_.erase(operations_.begin() + static_cast<std::ptrdiff_t>(index));
  operation.session->acceptor->OperationUndone(now, operation.number);
  Record(operation.session.get());
  operation.session->executed.erase(operation.number.value());
  // At most once: where nobody comes to run it, a fault says so in the end.
  operation.session->interrupted.insert(operation.number.value());
  --operation.session->running;
  for (Waiting& waiting : waiting_)
    if (waiting.session == operation.session && waiting.number == operation.number) waiting.late = true;
  if (on_undoing) on_undoing(TextOf(*operation.session->received[operation.number.value()].front()));
  if (operation.has_exchange) on_answer(operation.exchange, std::nullopt);
}

// ---- the store ----

void ServerHalf::Record(Session* session) {
  const engine::Changes changes = session->acceptor->TakeChanges();
  REQUIRE(options_.durable || changes.empty());
  disk_.Apply(changes);
}

void ServerHalf::RecordForgotten() {
  if (!options_.durable) return;
  for (SequenceId& sequence : listener_->TakeForgotten()) {
    disk_.Apply({engine::SequenceForgotten{std::move(sequence)}});
  }
}

void ServerHalf::Restart(Timestamp now) {
  if (!options_.durable) return;
  for (const Operation& operation : operations_) {
    if (operation.answered) continue;
    const bool at_most_once = options_.delivery == engine::Delivery::kAtMostOnce;
    if (at_most_once) operation.session->interrupted.insert(operation.number.value());
    if (!at_most_once) operation.session->executed.erase(operation.number.value());
  }
  operations_.clear();
  waiting_.clear();
  sessions_.clear();
  listener_ = std::make_unique<engine::Listener>(options_, &ids_);
  for (const engine::RecoveredAcceptor& recovered : disk_.RecoveredAcceptors()) {
    listener_->Restore(now, recovered);
    const auto session = std::find_if(all_.begin(), all_.end(), [&](const SessionPointer& each) {
      return each->acceptor->identity().sequence == recovered.created.identity.sequence;
    });
    REQUIRE(session != all_.end());
    // It may have died between a session's end and the listener's notice of it.
    (*session)->over = (*session)->over || (*session)->acceptor->ended();
    REQUIRE(recovered.ended == (*session)->over);
    if (recovered.ended) {
      disk_.Apply(engine::BuryLeftovers(recovered));
      continue;
    }
    (*session)->acceptor = std::make_unique<engine::AcceptorSession>(options_, recovered, now);
    (*session)->running = 0;
    (*session)->active = (*session)->acceptor->has_received_message();
    Record(session->get());
    const engine::AcceptorIdentity& identity = (*session)->acceptor->identity();
    sessions_.emplace(identity.sequence, *session);
    if (!identity.offered.empty()) sessions_.emplace(identity.offered, *session);
  }
  // None is lost.
  for (const SessionPointer& session : all_)
    REQUIRE(session->over || sessions_.count(session->acceptor->identity().sequence) > 0);
  RecordForgotten();
}

// ---- time ----

void ServerHalf::HandleTimeout(Timestamp now) {
  listener_->HandleTimeout(now);
  while (const auto id = listener_->PollGiveUp(now)) {
    const SessionPointer session = sessions_.at(*id);
    REQUIRE(!session->acceptor->has_received_message());
    session->over = true;
    sessions_.erase(*id);
    if (!session->acceptor->identity().offered.empty()) sessions_.erase(session->acceptor->identity().offered);
    listener_->SessionEnded(now, *id, std::nullopt);
    if (options_.durable) disk_.Apply({engine::SequenceEnded{*id, ""}});
  }
  for (const SessionPointer& session : all_) {
    session->acceptor->HandleTimeout(now);
    Record(session.get());
  }
  ForgetEnded(now);
  RecordForgotten();
  REQUIRE(NextTimeout() > now);
}

Timestamp ServerHalf::NextTimeout() const {
  Timestamp next = listener_->NextTimeout();
  for (const auto& entry : sessions_) next = std::min(next, entry.second->acceptor->NextTimeout());
  return next;
}

void ServerHalf::Finish(Timestamp now) {
  while (!operations_.empty()) Return(now, 0);
  for (bool changed = true; changed;) {
    const std::size_t waited = waiting_.size();
    for (std::size_t i = waiting_.size(); i-- > 0;) TryWaiting(now, i);
    changed = waiting_.size() < waited || !operations_.empty();
    while (!operations_.empty()) Return(now, 0);
  }
  // Whoever may begin once nothing runs has begun.
  Check();
}

void ServerHalf::Check() const {
  std::size_t open = 0;
  for (const SessionPointer& session : all_) {
    if (session->over) continue;
    ++open;
    REQUIRE(session->acceptor->IsConsistent());
  }
  REQUIRE(listener_->open_sequences() == open);
}

}  // namespace gsoaprm::fuzz
