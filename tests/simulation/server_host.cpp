#include "tests/simulation/server_host.h"

#include <algorithm>
#include <utility>

#include "tests/support/pair_server.h"
#include "wire/describe.h"
#include "wire/envelope_reader.h"

namespace gsoaprm::simulation {

using engine::Disposition;
using session::ServerSession;

namespace {

// As an operation's own fault, which is a reply like any other.
wire::PayloadPointer MakeFault(const wire::Protocol& protocol, const std::string& text) {
  const std::string detail = "<text>" + text + "</text>";
  const std::string fault =
      protocol.soap == wire::SoapVersion::k11
          ? "<faultcode>s:Server</faultcode><faultstring>no</faultstring><detail>" + detail + "</detail>"
          : "<s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang=\"en\">no</s:Text></s:Reason>"
            "<s:Detail>" +
                detail + "</s:Detail>";
  const std::string envelope = "<s:Envelope xmlns:s=\"" + std::string(wire::SoapNamespace(protocol.soap)) +
                               "\"><s:Body><s:Fault>" + fault + "</s:Fault></s:Body></s:Envelope>";
  return *wire::ReadOwnEnvelope(envelope, std::string(wire::ContentType(protocol.soap))).envelope.payload();
}

}  // namespace

ServerHost::ServerHost(const Parameters& parameters, HostStore* storage, World* world, Oracle* oracle, Tally* tally,
                       Trace* trace)
    : parameters_(parameters),
      world_(*world),
      oracle_(*oracle),
      tally_(*tally),
      scripts_(trace->scripts()),
      chance_(parameters.seed * 7 + 3),
      ids_(parameters.seed * 7 + 4),
      storage_(*storage) {
  Start(SkewedClock::kStart);
}

void ServerHost::Count() {
  const engine::AcceptorMetrics metrics = life_->sessions->metrics().messages;
  tally_[Event::kSuppressedDuplicate] += metrics.duplicates_suppressed;
  tally_[Event::kRepeatedReply] += metrics.replies_repeated;
  tally_[Event::kEarlyKept] += metrics.early_kept;
  tally_[Event::kDropped] += metrics.dropped;
}

bool ServerHost::IsConsistent() {
  bool consistent = true;
  for (auto it = seen_.begin(); it != seen_.end();) {
    const SessionPointer session = it->lock();
    consistent = consistent && (!session || session->IsConsistent());
    it = session ? std::next(it) : seen_.erase(it);
  }
  return consistent;
}

void ServerHost::Receive(const wire::Envelope& message, const Principal& principal, Network::Answer answer,
                         Network::Broken broken) {
  if (down_ || storage_.stopped()) {
    broken();
    return;
  }
  const auto request =
      std::make_shared<Request>(Request{message, principal, std::move(answer), std::move(broken), ++exchanges_, false});
  open_.emplace(request->exchange, request);
  if (busy_ >= parameters_.server.threads) {
    line_.push_back(request);
    return;
  }
  ++busy_;
  Serve(request);
}

void ServerHost::Release() {
  --busy_;
  if (line_.empty() || busy_ >= parameters_.server.threads) return;
  const RequestPointer next = std::move(line_.front());
  line_.pop_front();
  ++busy_;
  Serve(next);
}

void ServerHost::Serve(const RequestPointer& request) {
  oracle_.ServerReceives(request->envelope, request->principal);
  const bool stranger = request->principal != Principal(kClient);
  scripts_.ServerReceives(life_->clock.Now(), request->exchange, request->envelope, stranger);
  session::ServerSessions::Route route = life_->sessions->Find(request->envelope, request->principal);
  if (auto* respond = std::get_if<engine::Respond>(&route)) {
    Answer(nullptr, request, std::move(*respond));
    return;
  }
  if (std::holds_alternative<engine::RespondEmpty>(route)) {
    Answer(nullptr, request, std::nullopt);
    return;
  }
  const SessionPointer session = std::get<SessionPointer>(route);
  if (session->identity().principal != request->principal) oracle_.Broken("S15, a stranger got to a session");
  const bool known =
      std::any_of(seen_.begin(), seen_.end(), [&](const auto& other) { return other.lock() == session; });
  if (!known) seen_.push_back(session);
  const auto receive = [this, session, request] {
    Carry(session, request, session->ReceiveAtOnce(request->envelope, Traits()));
  };
  // Messages that were kept, and perhaps acknowledged, run before the one that has just come.
  RunKept(session, receive);
}

void ServerHost::Carry(const SessionPointer& session, const RequestPointer& request, Disposition disposition) {
  if (auto* respond = std::get_if<engine::Respond>(&disposition)) {
    Answer(session, request, std::move(*respond));
  } else if (const auto* deliver = std::get_if<engine::Deliver>(&disposition)) {
    Run(
        session, *deliver,
        [this, request](Disposition answer) {
          auto* reply = std::get_if<engine::Respond>(&answer);
          Respond(request, reply ? std::make_optional(std::move(*reply)) : std::nullopt);
        },
        [this, session] { RunKept(session, [this] { Release(); }); });
  } else if (const auto* wait = std::get_if<engine::WaitTurn>(&disposition)) {
    Wait(session, request, wait->number, false);
  } else if (may_wait() && !request->waited_for_gap && request->envelope.sequence &&
             session->IsKeptBehindGap(request->envelope.sequence->number)) {
    request->waited_for_gap = true;
    Wait(session, request, request->envelope.sequence->number, true);
  } else {
    Answer(session, request, std::nullopt);
  }
}

void ServerHost::Respond(const RequestPointer& request, std::optional<engine::Respond> answer) {
  // What a process does after its crash it has not done.
  if (storage_.stopped()) return;
  open_.erase(request->exchange);
  if (answer) oracle_.ServerAnswers(request->envelope, request->principal, *answer, late_answer_);
  scripts_.ServerAnswers(life_->clock.Now(), request->exchange, answer ? &answer->envelope : nullptr,
                         answer ? answer->http_status : 202);
  request->answer(std::move(answer));
}

void ServerHost::Answer(const SessionPointer& session, const RequestPointer& request,
                        std::optional<engine::Respond> answer) {
  Respond(request, std::move(answer));
  if (session) {
    RunKept(session, [this] { Release(); });
  } else {
    Release();
  }
}

// ---- threads that wait: what ServerSession::Receive does where a thread may block ----

void ServerHost::Wait(const SessionPointer& session, const RequestPointer& request, MessageNumber number,
                      bool for_gap) {
  const Duration patience = for_gap ? ServerSession::kGapPatience : parameters_.server_options.send_timeout;
  const Timestamp deadline = world_.now + patience;
  waiting_.push_back(Waiting{session, request, number, deadline, for_gap});
  world_.agenda.At(deadline, [] {});
}

void ServerHost::Advance() {
  if (storage_.stopped() && !down_) Stop();
  if (down_) return;
  // One that goes on may give others their turn.
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      const Waiting waiting = waiting_[i];
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
      changed = GoOn(waiting);
      if (storage_.stopped()) return;  // the next event finds it
      if (changed) break;
      waiting_.insert(waiting_.begin() + static_cast<std::ptrdiff_t>(i), waiting);
    }
  }
}

bool ServerHost::GoOn(const Waiting& waiting) {
  const SessionPointer& session = waiting.session;
  if (waiting.for_gap) {
    if (!session->IsKeptBehindGap(waiting.number)) {
      Carry(session, waiting.request, session->ReceiveAtOnce(waiting.request->envelope, Traits()));
      return true;
    }
  } else {
    Disposition disposition = session->TryBegin(waiting.number);
    if (!std::holds_alternative<engine::WaitTurn>(disposition)) {
      Carry(session, waiting.request, std::move(disposition));
      return true;
    }
  }
  if (world_.now < waiting.deadline) return false;
  if (!waiting.for_gap) session->StopWaiting(waiting.number);
  Answer(session, waiting.request, std::nullopt);
  return true;
}

// ---- operations ----

engine::OperationAnswer ServerHost::MakeAnswer(const std::string& text) {
  engine::OperationAnswer answer;
  if (text.compare(0, 7, "one-way") == 0) return answer;
  const std::string id = text.substr(text.find(' '));
  if (chance_.Happens(parameters_.server.operation_fault)) {
    ++tally_[Event::kOperationFault];
    answer.reply = MakeFault(parameters_.server_options.protocol, "fault" + id);
    answer.http_status = 500;
  } else {
    answer.reply = testing::MakePayload(parameters_.server_options.protocol, "reply" + id);
  }
  return answer;
}

void ServerHost::Write(const char* verb, const SessionPointer& session, MessageNumber number, const char* more) {
  if (!scripts_.enabled()) return;
  std::vector<std::string> words = {std::to_string(number.value())};
  if (*more) words.push_back(more);
  words.push_back("of=" + wire::ShortName(session->identity().sequence.text()));
  scripts_.ServerActs(life_->clock.Now(), verb, std::move(words));
}

void ServerHost::Run(const SessionPointer& session, const engine::Deliver& deliver,
                     std::function<void(Disposition)> answered, Then returned) {
  if (storage_.stopped()) return;
  const SequenceId sequence = session->identity().sequence;
  const MessageNumber number = deliver.number;
  const std::string text = testing::TextOf(*deliver.payload);
  oracle_.OperationBegins(sequence, number, text);
  Write("delivered", session, number);
  const auto end = [=] {
    oracle_.OperationEnds(sequence, number);
    returned();
  };
  In(chance_.Between(Duration(), parameters_.server.longest_operation), [=] {
    engine::OperationAnswer answer = MakeAnswer(text);
    const bool two_way = answer.reply != nullptr;
    Write(two_way ? "reply" : "answer", session, number, answer.http_status == 500 ? "fault" : "");
    if (!two_way && storage_.durable() && !parameters_.exactly_once() && storage_.Happens(0.5)) {
      AnswerWhileItGoesOn(session, number, text, answered, end);
      return;
    }
    Disposition disposition = engine::RespondEmpty{};
    const bool has_run = AnswerOperation(session, number, text, std::move(answer), &disposition);
    answered(std::move(disposition));
    // A two-way operation answers when it has returned; a one-way one may go on for a while.
    if (two_way || !has_run) {
      end();
      return;
    }
    In(chance_.Between(Duration(), parameters_.server.longest_return), [=] {
      Write("return", session, number);
      session->Returned(number);
      end();
    });
  });
}

void ServerHost::RunKept(const SessionPointer& session, Then then) {
  const std::optional<engine::Deliver> kept = parameters_.server.dispatches_kept ? session->TakeReady() : std::nullopt;
  if (!kept) {
    then();
    return;
  }
  if (storage_.stopped()) return;
  // Without an exchange of its own: a copy of the message collects the answer.
  Run(
      session, *kept, [](const Disposition&) {}, [this, session, then] { RunKept(session, then); });
}

}  // namespace gsoaprm::simulation
