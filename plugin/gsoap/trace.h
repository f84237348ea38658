// The lines that options.trace is given: scenario scripts (tests/scenarios/README.md), which can be played again.
//
//   client rm=1.1 soap=1.2 wsa=1.0 to=http://localhost:8080/ tolerance=0.1 max_retry_count=2
//   +0.000 call Add
//   +0.000010 open
//   +0.000 > @1 CreateSequence to=http://localhost:8080/ offer=a00cff mid=77aa01
//   +0.001200 < @1 CreateSequenceResponse id=6bcfcd accept=http://localhost:8080/ rel=77aa01
//
// Every client session is a script of its own: from the second on its lines begin with "[2] ". A server is one.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "engine/acceptor_session.h"
#include "engine/initiator_session.h"
#include "gsoap/context.h"
#include "gsoap/seen_contents.h"
#include "session/server_session.h"
#include "wire/trace_line.h"

namespace gsoaprm::binding {

// One script, written as things happen. Any thread; the application is called for one line at a time, in their order.
class Trace {
 public:
  enum class Role { kClient, kServer };
  // `to` is the service's address, of a client.
  Trace(Instance* instance, Role role, std::string to = std::string());

  // Nobody wants to know: the rest need not be called.
  bool off() const;
  // Before the first line: what the messages are written in unless they say otherwise.
  void SetProtocol(const wire::Protocol& protocol);
  // Server: what its program can do, "threads" or "iterative".
  void SetHost(const char* host);

  void Message(const wire::TraceMessage& message);
  // A call of the application, or what came of one: "completed 3 reply".
  void Event(const std::string& text);
  // For those who read; it has no part in the script.
  void Comment(const std::string& text);
  // Server: a comment when this message has come before with another content.
  void CompareContent(const wire::Envelope& message);

  std::uint64_t NewExchange() { return ++exchanges_; }

 private:
  void Write(const std::string& text);  // with the lock held
  std::string Heading() const;

  Instance* const instance_;
  const Role role_;
  const std::string to_;
  std::atomic<std::uint64_t> exchanges_{0};
  std::mutex mutex_;
  std::optional<wire::Protocol> protocol_;
  const char* host_ = nullptr;
  SeenContents seen_;
  std::string mark_;  // before each line, of all but the first script
  bool begun_ = false;
  Timestamp last_;
};

// ---- client ----

void TraceRequest(Trace* trace, ExchangeId exchange, const wire::Envelope& envelope);
void TraceResult(Trace* trace, ExchangeId exchange, const engine::ExchangeResult& result);
void TraceCall(Trace* trace, const engine::OutgoingMessage& message);
void TraceCall(Trace* trace, const char* name);
void TraceCompletion(Trace* trace, const engine::CompleteCall& completion);
void TraceState(Trace* trace, const engine::StateChanged& change);

// ---- server ----

// The request of this context's exchange; its answer belongs to it from now on.
void TraceRequest(Context& context, const wire::Envelope& envelope);
// The answer to it; null: HTTP 202.
void TraceAnswer(Context& context, const engine::Respond* respond);
// A message for an address of the client. A comment: whoever plays the script has the exchange's own answer.
void TracePost(Trace* trace, const engine::Respond& respond);
void TraceDelivery(Context& context, const engine::Deliver& delivery);
void TraceReply(Context& context, const engine::OperationAnswer& answer);
void TraceReturn(Context& context);

}  // namespace gsoaprm::binding
