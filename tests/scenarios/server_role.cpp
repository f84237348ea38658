#include "tests/scenarios/server_role.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "session/server_session.h"
#include "tests/scenarios/words.h"
#include "wire/describe.h"

namespace gsoaprm::scenarios {

namespace {

using wire::TraceMessage;

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

wire::PayloadPointer MakeReply(MessageNumber number, bool is_fault) {
  auto payload = std::make_shared<wire::Payload>();
  payload->entity = "<reply>" + std::to_string(number.value()) + "</reply>";
  payload->is_fault = is_fault;
  return payload;
}

}  // namespace

ServerRole::ServerRole(const Settings& settings)
    : settings_(settings), listener_(std::make_unique<engine::Listener>(settings.engine, &ids_)) {}

std::string ServerRole::Violation() const {
  const bool consistent = std::all_of(sessions_.begin(), sessions_.end(),
                                      [](const auto& entry) { return entry.second->acceptor->IsConsistent(); });
  return consistent ? "" : "A session is not consistent.";
}

// ---- messages ----

void ServerRole::Receive(Timestamp now, const TraceMessage& message) {
  const wire::Envelope& envelope = message.envelope;
  const Principal principal(message.principal);
  if (std::holds_alternative<wire::CreateSequence>(envelope.body)) {
    Create(now, message.exchange, envelope, principal);
  } else if (!IsReliable(envelope)) {
    Answer(now, message.exchange, listener_->HandlePlain(envelope));
  } else if (const SessionPointer session = Find(envelope, principal)) {
    Handle(now, session, message.exchange, envelope);
  } else {
    Answer(now, message.exchange, listener_->HandleUnknown(now, envelope, principal));
  }
  GoOn(now);
}

void ServerRole::Create(Timestamp now, std::uint64_t exchange, const wire::Envelope& message,
                        const Principal& principal) {
  engine::CreateDisposition disposition = listener_->HandleCreate(now, message, principal);
  if (auto* accepted = std::get_if<engine::SessionAccepted>(&disposition)) {
    auto session = std::make_shared<Session>();
    session->acceptor = std::make_unique<engine::AcceptorSession>(settings_.engine, accepted->identity, now);
    sessions_[accepted->identity.sequence] = session;
    if (!accepted->identity.offered.empty()) sessions_[accepted->identity.offered] = session;
    if (settings_.durable)
      disk_.Apply({engine::SequenceCreated{accepted->identity, accepted->create_message_id, accepted->expires}});
    Answer(now, exchange, accepted->response);
  } else {
    Answer(now, exchange, std::get<engine::Respond>(disposition));
  }
}

ServerRole::SessionPointer ServerRole::Find(const wire::Envelope& message, const Principal& principal) const {
  const SequenceId* id = NamedSequence(message);
  const auto found = id == nullptr ? sessions_.end() : sessions_.find(*id);
  // To anybody but its owner a sequence does not exist.
  const bool owned = found != sessions_.end() && found->second->acceptor->identity().principal == principal;
  return owned ? found->second : nullptr;
}

void ServerRole::Handle(Timestamp now, const SessionPointer& session, std::uint64_t exchange,
                        const wire::Envelope& message) {
  if (!std::exchange(session->active, true)) listener_->SessionActive(session->acceptor->identity().sequence);
  engine::Disposition disposition = session->acceptor->HandleMessage(now, message, settings_.traits);
  const bool held = settings_.traits.may_wait && std::holds_alternative<engine::RespondEmpty>(disposition) &&
                    message.sequence && session->acceptor->IsKeptBehindGap(message.sequence->number);
  if (held) {
    const Timestamp until = now + session::ServerSession::kGapPatience;
    waiting_.push_back(Waiting{session, exchange, message.sequence->number, until, message});
  } else {
    Carry(now, session, exchange, std::move(disposition));
  }
}

void ServerRole::Carry(Timestamp now, const SessionPointer& session, std::uint64_t exchange,
                       engine::Disposition disposition) {
  if (const auto* respond = std::get_if<engine::Respond>(&disposition)) {
    Answer(now, exchange, *respond);
  } else if (const auto* deliver = std::get_if<engine::Deliver>(&disposition)) {
    Run(now, session, exchange, *deliver);
  } else if (const auto* wait = std::get_if<engine::WaitTurn>(&disposition)) {
    const Timestamp until = now + settings_.engine.send_timeout;
    waiting_.push_back(Waiting{session, exchange, wait->number, until, std::nullopt});
  } else {
    AnswerEmpty(now, exchange);
  }
}

void ServerRole::Run(Timestamp now, const SessionPointer& session, std::uint64_t exchange,
                     const engine::Deliver& deliver) {
  operations_.push_back(Operation{session, deliver.number, exchange, false});
  Act act{"delivered", {std::to_string(deliver.number.value()), wire::ShortAction(deliver.action)}};
  happenings.push_back(Happening{now, std::move(act), session->acceptor->identity().sequence.text()});
}

void ServerRole::Answer(Timestamp now, std::uint64_t exchange, const engine::Respond& respond) {
  // The exchange itself gets nothing of what is posted.
  if (!respond.post_to.empty()) return AnswerEmpty(now, exchange);
  TraceMessage message;
  message.answer = true;
  message.exchange = exchange;
  message.envelope = respond.envelope;
  message.http_status = respond.http_status;
  sent.push_back(Sent{now, std::move(message)});
}

void ServerRole::AnswerEmpty(Timestamp now, std::uint64_t exchange) {
  TraceMessage message;
  message.answer = true;
  message.exchange = exchange;
  message.kind = TraceMessage::Kind::kEmpty;
  message.http_status = wire::UsualStatus(message);
  sent.push_back(Sent{now, std::move(message)});
}

// ---- what a change of a session sets going ----

void ServerRole::GoOn(Timestamp now) {
  while (TryWaiting(now) || RunKept(now)) {
  }
  Save();
  ForgetEnded(now);
}

// Whether one of them waits no more.
bool ServerRole::TryWaiting(Timestamp now) {
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    const Waiting waiting = waiting_[i];
    engine::AcceptorSession& acceptor = *waiting.session->acceptor;
    const bool given_up = waiting.until <= now;
    engine::Disposition disposition = engine::RespondEmpty{};
    if (waiting.behind_gap) {
      const bool closed = !acceptor.IsKeptBehindGap(waiting.number);
      if (!closed && !given_up) continue;
      if (closed) disposition = acceptor.HandleMessage(now, *waiting.behind_gap, settings_.traits);
    } else {
      disposition = acceptor.TryBegin(now, waiting.number);
      const bool still = std::holds_alternative<engine::WaitTurn>(disposition);
      if (still && !given_up) continue;
      if (still) acceptor.StopWaiting(now, waiting.number);
      if (still) disposition = engine::RespondEmpty{};
    }
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
    Carry(now, waiting.session, waiting.exchange, std::move(disposition));
    return true;
  }
  return false;
}

bool ServerRole::RunKept(Timestamp now) {
  // The only thread is in an operation.
  const bool busy = !settings_.traits.may_wait && !operations_.empty();
  if (!settings_.traits.dispatches_kept || busy) return false;
  for (const auto& [id, session] : sessions_) {
    if (auto ready = session->acceptor->TakeReady(now)) {
      Run(now, session, 0, *ready);
      return true;
    }
  }
  return false;
}

void ServerRole::ForgetEnded(Timestamp now) {
  const std::map<SequenceId, SessionPointer> sessions = sessions_;
  for (const auto& [id, session] : sessions) {
    const engine::AcceptorSession& acceptor = *session->acceptor;
    const engine::AcceptorSession::Identity& identity = acceptor.identity();
    if (!acceptor.ended() || sessions_.erase(identity.sequence) == 0) continue;
    if (!identity.offered.empty()) sessions_.erase(identity.offered);
    listener_->SessionEnded(now, identity.sequence, acceptor.FinalAnswer());
    Act act{"ended", {acceptor.end_reason().ok() ? "in-order" : acceptor.end_reason().code}};
    happenings.push_back(Happening{now, std::move(act), identity.sequence.text()});
  }
}

// ---- the application ----

ServerRole::Operation* ServerRole::FindOperation(MessageNumber number, const std::string& sequence,
                                                 std::string* error) {
  Operation* found = nullptr;
  for (Operation& operation : operations_) {
    const bool meant = sequence.empty() || operation.session->acceptor->identity().sequence.text() == sequence;
    if (operation.number != number || !meant) continue;
    if (found != nullptr) *error = "Two such operations run: say of=NAME.";
    if (found != nullptr) return nullptr;
    found = &operation;
  }
  if (found == nullptr) *error = "No operation with this number runs.";
  return found;
}

bool ServerRole::Do(Timestamp now, const Act& act, const std::string& sequence, std::string* error) {
  if (act.verb == "stop-accepting") {
    listener_->StopAccepting();
    return true;
  }
  const auto number = ReadNumber(act.arguments[0]);
  Operation* operation = number ? FindOperation(MessageNumber(*number), sequence, error) : nullptr;
  if (operation == nullptr) return false;
  const Operation done = *operation;
  if (act.verb != "return") GiveAnswer(now, operation, act);
  if (act.verb != "answer") Return(now, done);
  GoOn(now);
  return true;
}

void ServerRole::GiveAnswer(Timestamp now, Operation* operation, const Act& act) {
  const bool is_fault = act.arguments.size() > 1 && act.arguments[1] == "fault";
  engine::OperationAnswer answer;
  // "answer" is that of a one-way operation, which may go on.
  if (act.verb == "reply") answer.reply = MakeReply(operation->number, is_fault);
  if (is_fault) answer.http_status = 500;
  operation->answered = true;
  const Operation copy = *operation;
  engine::Disposition disposition = copy.session->acceptor->OperationAnswered(now, copy.number, std::move(answer));
  if (copy.exchange != 0) Carry(now, copy.session, copy.exchange, std::move(disposition));
}

void ServerRole::Return(Timestamp now, const Operation& operation) {
  operation.session->acceptor->OperationReturned(now, operation.number);
  const auto found = std::find_if(operations_.begin(), operations_.end(), [&](const Operation& each) {
    return each.session == operation.session && each.number == operation.number;
  });
  operations_.erase(found);
}

// ---- a durable server ----

void ServerRole::Save() {
  for (const auto& entry : sessions_) disk_.Apply(entry.second->acceptor->TakeChanges());
  for (const SequenceId& sequence : listener_->TakeForgotten()) disk_.Apply({engine::SequenceForgotten{sequence}});
}

bool ServerRole::idle() const {
  return operations_.empty() && waiting_.empty() &&
         std::all_of(sessions_.begin(), sessions_.end(),
                     [](const auto& entry) { return entry.second->acceptor->idle(); });
}

// Whoever had an exchange open gets no answer.
void ServerRole::Restart(Timestamp now) {
  sessions_.clear();
  waiting_.clear();
  operations_.clear();
  listener_ = std::make_unique<engine::Listener>(settings_.engine, &ids_);
  for (const engine::RecoveredAcceptor& recovered : disk_.RecoveredAcceptors()) {
    listener_->Restore(now, recovered);
    if (recovered.ended) {
      disk_.Apply(engine::BuryLeftovers(recovered));
      continue;
    }
    const auto session = std::make_shared<Session>();
    session->acceptor = std::make_unique<engine::AcceptorSession>(settings_.engine, recovered, now);
    session->active = session->acceptor->has_received_message();
    sessions_[recovered.created.identity.sequence] = session;
    if (!recovered.created.identity.offered.empty()) sessions_[recovered.created.identity.offered] = session;
  }
  GoOn(now);
}

// ---- time ----

void ServerRole::HandleTimeout(Timestamp now) {
  listener_->HandleTimeout(now);
  while (const auto id = listener_->PollGiveUp(now)) {
    const auto found = sessions_.find(*id);
    if (found == sessions_.end()) continue;
    const engine::AcceptorSession::Identity identity = found->second->acceptor->identity();
    sessions_.erase(identity.sequence);
    if (!identity.offered.empty()) sessions_.erase(identity.offered);
    listener_->SessionEnded(now, identity.sequence, std::nullopt);
    if (settings_.durable) disk_.Apply({engine::SequenceEnded{identity.sequence, std::string()}});
    happenings.push_back(Happening{now, Act{"ended", {"given-up"}}, identity.sequence.text()});
  }
  const std::map<SequenceId, SessionPointer> sessions = sessions_;
  for (const auto& entry : sessions) entry.second->acceptor->HandleTimeout(now);
  GoOn(now);
}

Timestamp ServerRole::NextTimeout() const {
  Timestamp next = listener_->NextTimeout();
  for (const auto& entry : sessions_) next = std::min(next, entry.second->acceptor->NextTimeout());
  for (const Waiting& waiting : waiting_) next = std::min(next, waiting.until);
  return next;
}

}  // namespace gsoaprm::scenarios
