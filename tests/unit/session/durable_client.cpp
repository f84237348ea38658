#include "tests/unit/session/durable_client.h"

#include <algorithm>

namespace gsoaprm::session {

using engine::CallKind;
using engine::ExchangeResult;

namespace {

ExchangeResult Answer(const wire::Envelope& request, wire::RmAction action) {
  ExchangeResult result;
  result.kind = ExchangeResult::Kind::kEnvelope;
  result.http_status = 200;
  result.envelope.protocol = request.protocol;
  result.envelope.rm_action = action;
  result.envelope.addressing.relates_to = request.addressing.message_id;
  return result;
}

ExchangeResult FaultAnswer(const wire::Envelope& request, wire::FaultCode code, const SequenceId& id) {
  ExchangeResult result = Answer(request, wire::RmAction::kFault);
  result.http_status = 500;
  wire::Fault fault;
  fault.code = code;
  fault.reason = "the service says so";
  fault.id = id;
  result.envelope.body = fault;
  return result;
}

wire::PayloadPointer Text(const std::string& text) {
  auto payload = std::make_shared<wire::Payload>();
  payload->entity = text;
  return payload;
}

std::string Join(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

// "tell a" -> "a"
std::string Object(const wire::PayloadPointer& payload) {
  return payload->entity.substr(payload->entity.find(' ') + 1);
}

}  // namespace

// ---- the service ----

ExchangeResult FakeService::Create(const wire::Envelope& request) {
  const auto& create = std::get<wire::CreateSequence>(request.body);
  if (refuses) return FaultAnswer(request, wire::FaultCode::kCreateSequenceRefused, SequenceId());
  const SequenceId id("urn:sequence:" + std::to_string(created.size() + 1));
  created.push_back(id.text());
  if (create.offer) sequences_[id].offered = create.offer->id;
  ExchangeResult result = Answer(request, wire::RmAction::kCreateSequenceResponse);
  wire::CreateSequenceResponse response;
  response.id = id;
  if (create.offer) response.accept_acks_to = request.addressing.to;
  result.envelope.body = response;
  return result;
}

ExchangeResult FakeService::Acknowledge(const SequenceId& id, const Sequence& sequence, const wire::Envelope& request) {
  ExchangeResult result = Answer(request, wire::RmAction::kSequenceAcknowledgement);
  result.envelope.addressing.relates_to.reset();
  wire::AcknowledgementHeader header;
  header.id = id;
  header.ranges = sequence.taken;
  result.envelope.acknowledgement = header;
  return result;
}

ExchangeResult FakeService::Take(const SequenceId& id, Sequence& sequence, const wire::Envelope& request) {
  const MessageNumber number = request.sequence->number;
  if (!sequence.taken.Contains(number)) sequence.early[number] = request;
  sequence.taken.Insert(number);
  while (!sequence.early.empty() && sequence.early.begin()->first <= sequence.taken.ContiguousFromOne()) {
    const wire::Envelope& next = sequence.early.begin()->second;
    const wire::PayloadPointer& payload = *next.payload();
    ran.push_back(Object(payload));
    if (payload->entity.rfind("ask", 0) == 0) {
      sequence.last_reply = sequence.last_reply.next();
      sequence.replies[sequence.early.begin()->first] = sequence.last_reply;
    }
    sequence.early.erase(sequence.early.begin());
  }
  ExchangeResult result = Acknowledge(id, sequence, request);
  if ((*request.payload())->entity.rfind("ask", 0) != 0) return result;
  const auto reply = sequence.replies.find(number);
  if (reply == sequence.replies.end()) {
    ExchangeResult not_yet;
    not_yet.http_status = 202;
    return not_yet;
  }
  EXPECT_FALSE(sequence.acknowledged.Contains(reply->second)) << "its reply was acknowledged, and is asked for again";
  result.envelope.rm_action = wire::RmAction::kNone;
  result.envelope.addressing.relates_to = request.addressing.message_id;
  result.envelope.sequence = wire::SequenceHeader{sequence.offered, reply->second, false};
  result.envelope.body = Text("reply to " + Object(*request.payload()));
  return result;
}

ExchangeResult FakeService::Serve(const wire::Envelope& request) {
  if (!up) {
    ExchangeResult result;
    result.reason = "nobody there";
    return result;
  }
  if (request.rm_action == wire::RmAction::kCreateSequence) return Create(request);
  if (request.rm_action == wire::RmAction::kFault) return ExchangeResult();
  SequenceId id;
  if (request.sequence) id = request.sequence->id;
  if (request.ack_requested) id = request.ack_requested->id;
  if (const auto* close = std::get_if<wire::CloseSequence>(&request.body)) id = close->id;
  if (const auto* terminate = std::get_if<wire::TerminateSequence>(&request.body)) id = terminate->id;
  const auto found = sequences_.find(id);
  if (found == sequences_.end()) return FaultAnswer(request, wire::FaultCode::kUnknownSequence, id);
  Sequence& sequence = found->second;
  if (request.acknowledgement) {
    EXPECT_TRUE(request.acknowledgement->ranges.Covers(sequence.acknowledged)) << "takes an acknowledgement back";
    EXPECT_LE(request.acknowledgement->ranges.Highest(), sequence.last_reply);
    sequence.acknowledged = request.acknowledgement->ranges;
  }
  if (request.sequence) return Take(id, sequence, request);
  ExchangeResult result = Acknowledge(id, sequence, request);
  if (request.ack_requested) return result;
  result.envelope.addressing.relates_to = request.addressing.message_id;
  result.envelope.acknowledgement->final = true;
  if (request.rm_action == wire::RmAction::kCloseSequence) {
    result.envelope.rm_action = wire::RmAction::kCloseSequenceResponse;
    result.envelope.body = wire::CloseSequenceResponse{id};
  } else {
    result.envelope.rm_action = wire::RmAction::kTerminateSequenceResponse;
    result.envelope.body = wire::TerminateSequenceResponse{id};
    sequences_.erase(found);
  }
  return result;
}

// ---- the client ----

DurableClient::DurableClient(engine::Options given) : options(std::move(given)) { Start(); }

DurableClient::~DurableClient() {
  session->Drop();
  exchanges->Clear();  // they hold the session, which holds them
}

ClientSession::Ports DurableClient::Ports() {
  return ClientSession::Ports{&clock, &timer, &ids, exchanges, observer, outbox};
}

void DurableClient::Start() {
  store = std::make_unique<testing::FakeStore>(&disk);
  outbox = std::make_shared<Outbox>(store.get(), To());
  std::vector<engine::RecoveredInitiator> left = disk.RecoveredInitiators();
  ASSERT_LE(left.size(), 1u);
  session = left.empty() ? std::make_shared<ClientSession>(options, To(), Ports())
                         : std::make_shared<ClientSession>(options, left.front(), Ports());
}

void DurableClient::Restart() {
  store->Crash();
  session->Drop();
  exchanges->Clear();
  session.reset();
  outbox.reset();
  Start();
  session->Resume(nullptr);
}

void DurableClient::NextSession(Timestamp not_before) {
  session = std::make_shared<ClientSession>(options, To(), Ports());
  session->ResumeAt(not_before, nullptr);
}

engine::OutgoingMessage DurableClient::Message(const std::string& text, CallKind kind) {
  engine::OutgoingMessage message;
  message.payload = Text(text);
  message.action = "urn:action";
  message.kind = kind;
  return message;
}

engine::CompleteCall DurableClient::AskAndWait(const std::string& text) {
  ClientSession::Submission submission = Ask(text);
  EXPECT_TRUE(submission.status.ok()) << submission.status.reason;
  if (!submission.status.ok()) return engine::CompleteCall();
  if (!submission.first) {
    Serve();
    return session->Wait(submission.call);
  }
  return session->Finish(submission.call, submission.first->exchange, service.Serve(submission.first->envelope));
}

bool DurableClient::ServeNext() {
  const auto next = exchanges->Take();
  if (!next) return false;
  const ExchangeId exchange = next->transmit.exchange;
  ExchangeResult result;
  if (next->session->MaySend(exchange)) result = service.Serve(next->transmit.envelope);
  next->session->FinishExchange(exchange, std::move(result));
  return true;
}

void DurableClient::Serve() {
  while (ServeNext()) {
  }
}

void DurableClient::RunFor(Duration duration) {
  const Timestamp end = clock.Now() + duration;
  Serve();
  for (Timestamp next = session->HandleDeadline(clock.Now()); next <= end;) {
    clock.Advance(std::max(next - clock.Now(), Duration()));
    store->Commit();  // as the store does by itself after a while
    session->HandleDeadline(clock.Now());
    Serve();
    next = session->HandleDeadline(clock.Now());
  }
  clock.Advance(end - clock.Now());
}

std::string DurableClient::Ran() const { return Join(service.ran); }

std::string DurableClient::Waiting() const {
  std::vector<std::string> words;
  for (const auto& row : disk.Waiting(To(), 0, 1000000)) words.push_back(Object(row.payload));
  return Join(words);
}

std::string DurableClient::Kept() const {
  std::vector<std::string> words;
  for (const auto& entry : disk.outgoing) {
    const engine::OutgoingRecord& row = entry.second;
    if (!row.sequence.empty()) words.push_back(std::to_string(row.number.value()) + "=" + Object(row.payload));
  }
  return Join(words);
}

std::string DurableClient::DeadLetters() const {
  std::vector<std::string> words;
  for (const auto& letter : disk.dead_letters) words.push_back(Object(letter.payload));
  return Join(words);
}

}  // namespace gsoaprm::session
