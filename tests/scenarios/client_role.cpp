#include "tests/scenarios/client_role.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "wire/describe.h"

namespace gsoaprm::scenarios {

namespace {

using engine::CallKind;
using engine::CompleteCall;
using engine::SessionState;
using wire::TraceMessage;

engine::ExchangeResult ToResult(const TraceMessage& message) {
  using Kind = engine::ExchangeResult::Kind;
  engine::ExchangeResult result;
  result.http_status = message.http_status;
  result.reason = message.reason;
  switch (message.kind) {
    case TraceMessage::Kind::kEnvelope:
      result.kind = Kind::kEnvelope;
      result.envelope = message.envelope;
      break;
    case TraceMessage::Kind::kError:
      result.kind = Kind::kHttpError;
      break;
    case TraceMessage::Kind::kHopeless:
      result.kind = Kind::kHopeless;
      result.problem = Status::Error(ErrorClass::kSequenceDead, message.code, message.reason, "See the script.");
      break;
    case TraceMessage::Kind::kEmpty:
    case TraceMessage::Kind::kNothing:
      break;
  }
  return result;
}

}  // namespace

ClientRole::ClientRole(const Settings& settings)
    : settings_(settings), session_(std::make_unique<engine::InitiatorSession>(settings.engine, settings.to, &ids_)) {}

std::string ClientRole::Violation() const {
  return session_->IsConsistent() ? violation_ : "The session is not consistent.";
}

void ClientRole::Receive(Timestamp now, const TraceMessage& message) {
  session_->HandleExchange(now, ExchangeId(message.exchange), ToResult(message));
  GoOn(now);
}

bool ClientRole::Do(Timestamp now, const Act& act, const std::string&, std::string* error) {
  if (act.verb == "open") {
    session_->Open(now);
  } else if (act.verb == "call") {
    if (!ReadCall(act, error)) return false;
  } else if (act.verb == "close") {
    session_->Close(now);
  } else {
    session_->Abort(now);
  }
  GoOn(now);
  return true;
}

bool ClientRole::ReadCall(const Act& act, std::string* error) {
  engine::OutgoingMessage message;
  message.action = act.arguments[0];
  message.kind = CallKind::kTwoWay;
  auto payload = std::make_shared<wire::Payload>();
  payload->entity = "<" + message.action + "/>";
  for (std::size_t i = 1; i < act.arguments.size(); ++i) {
    const std::string& argument = act.arguments[i];
    if (argument == "one-way") {
      message.kind = CallKind::kOneWay;
    } else if (argument == "unknown") {
      message.kind = CallKind::kUnknown;
    } else if (argument.compare(0, 4, "mid=") == 0) {
      payload->has_message_id = true;
      message.message_id = MessageId(argument.substr(4));
    } else {
      *error = "A call is one-way or unknown, or has mid=NAME, not " + argument + ".";
      return false;
    }
  }
  message.payload = std::move(payload);
  waiting_.push_back(std::move(message));
  return true;
}

bool ClientRole::SubmitNext(Timestamp now) {
  if (waiting_.empty()) return false;
  if (session_->state() == SessionState::kCreated) {
    session_->Open(now);
    return true;
  }
  if (!session_->CanSubmit()) return false;
  engine::OutgoingMessage message = std::move(waiting_.front());
  waiting_.pop_front();
  // Without an offered sequence there is no reply to wait for.
  if (session_->shape() == engine::SessionShape::kOneWay) message.kind = CallKind::kOneWay;
  const bool one_way = message.kind == CallKind::kOneWay;
  const wire::PayloadPointer payload = message.payload;
  // The reply names it, also one to a copy that the next process sends.
  if (settings_.durable && !one_way && !message.message_id) message.message_id = MessageId(ids_.NewUuid());
  const engine::OutgoingMessage copy = message;
  const MessageNumber number = session_->Submit(now, std::move(message));
  if (settings_.durable) Put(number, copy);
  payloads_[number] = payload;
  if (!one_way) patience_[number] = now + settings_.engine.send_timeout;
  return true;
}

void ClientRole::GoOn(Timestamp now) {
  do {
    Save();
    while (auto output = session_->PollOutput()) {
      std::visit([&](auto& what) { Take(now, std::move(what)); }, *output);
    }
  } while (SubmitNext(now));
}

void ClientRole::Take(Timestamp now, engine::Transmit transmit) {
  const auto payload = payloads_.find(transmit.number);
  if (payload != payloads_.end()) {
    const wire::PayloadPointer* carried = transmit.envelope.payload();
    if (carried == nullptr || *carried != payload->second) violation_ = "A message was sent with another's content.";
    const auto patience = patience_.find(transmit.number);
    // The send time-out counts from the first sending.
    if (transmit.first && patience != patience_.end()) patience->second = now + settings_.engine.send_timeout;
  }
  TraceMessage message;
  message.exchange = transmit.exchange.value();
  message.envelope = std::move(transmit.envelope);
  sent.push_back(Sent{now, std::move(message)});
}

void ClientRole::Take(Timestamp now, const CompleteCall& completion) {
  patience_.erase(completion.number);
  Act act{"completed", {std::to_string(completion.number.value())}};
  switch (completion.kind) {
    case CompleteCall::Kind::kReply:
      act.arguments.push_back("reply");
      if (completion.reply && completion.reply->is_fault) act.arguments.push_back("application-fault");
      break;
    case CompleteCall::Kind::kAcknowledged:
      act.arguments.push_back("acknowledged");
      break;
    case CompleteCall::Kind::kFailed:
      act.arguments.insert(act.arguments.end(),
                           {"failed", wire::AsWord(completion.status.code), wire::OutcomeWord(completion.outcome)});
      break;
  }
  happenings.push_back(Happening{now, std::move(act), {}});
}

void ClientRole::Take(Timestamp now, const engine::StateChanged& change) {
  Act act{"state", {engine::Name(change.state)}};
  if (!change.reason.ok()) act.arguments.push_back(wire::AsWord(change.reason.code));
  happenings.push_back(Happening{now, std::move(act), {}});
}

// ---- a durable client ----

void ClientRole::Put(MessageNumber number, const engine::OutgoingMessage& message) {
  engine::OutgoingRecord record;
  record.id = ++last_id_;
  record.endpoint = settings_.to;
  record.sequence = session_->sequence();
  record.number = number;
  record.one_way = message.kind == CallKind::kOneWay;
  record.payload = message.payload;
  record.action = message.action;
  record.message_id = message.message_id;
  stored_[number] = record.id;
  disk_.Apply({engine::OutgoingPut{std::move(record)}});
}

void ClientRole::Save() {
  if (!settings_.durable) return;
  const engine::InitiatorChanges changes = session_->TakeChanges();
  for (const MessageNumber number : changes.settled) disk_.Apply({engine::OutgoingDone{stored_[number]}});
  if (session_->sequence().empty()) return;
  if (changes.advanced) disk_.Apply({engine::InitiatorAdvanced{session_->record()}});
  if (changes.ended) disk_.Apply({engine::InitiatorEnded{session_->sequence()}});
}

bool ClientRole::idle() const {
  return session_->state() == SessionState::kOpened && session_->UnsettledCount() == 0 && waiting_.empty();
}

// Whoever waited for a reply is gone.
void ClientRole::Restart(Timestamp now) {
  waiting_.clear();
  patience_.clear();
  const std::vector<engine::RecoveredInitiator> left = disk_.RecoveredInitiators();
  if (left.empty()) {
    session_ = std::make_unique<engine::InitiatorSession>(settings_.engine, settings_.to, &ids_);
  } else {
    session_ = std::make_unique<engine::InitiatorSession>(settings_.engine, left.front(), &ids_, now);
  }
  GoOn(now);
}

Timestamp ClientRole::NextGivingUp() const {
  Timestamp next = Timestamp::Never();
  for (const auto& entry : patience_) next = std::min(next, entry.second);
  return next;
}

Timestamp ClientRole::NextTimeout() const { return std::min(session_->NextTimeout(), NextGivingUp()); }

void ClientRole::HandleTimeout(Timestamp now) {
  session_->HandleTimeout(now);
  GoOn(now);
  while (NextGivingUp() <= now) {
    const auto first = std::find_if(patience_.begin(), patience_.end(), [&](const auto& e) { return e.second <= now; });
    const MessageNumber number = first->first;
    patience_.erase(first);
    session_->GiveUp(now, number);
    GoOn(now);
  }
}

}  // namespace gsoaprm::scenarios
