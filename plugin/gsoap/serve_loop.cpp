#include "gsoap/serve_loop.h"

#include <unistd.h>

#include "gsoap/server_answer.h"
#include "gsoap/server_binding.h"
#include "gsoap/server_exchange.h"
#include "gsoap/trace.h"
#include "wire/envelope_reader.h"

namespace gsoaprm::binding {
namespace {

using Operation = ServerExchange::Operation;
using Round = ServerExchange::Round;

ServeLoop Loop(const Context& context) { return context.instance->server->loop(); }

// The generated loop is left after an error below SOAP_STOP; keep_alive must then be what it is.
bool LoopIsLeft(const struct soap* soap) { return soap->error != SOAP_OK && soap->error < SOAP_STOP; }

bool WantsRound(const Context& context) {
  const ServerExchange& exchange = *context.exchange;
  if (exchange.postponed || exchange.deferred) return true;
  // Only with a loop that is known: whether the operation has returned shows when the loop comes round.
  if (exchange.operation == Operation::kAnswered && !context.soap->keep_alive && Loop(context) == ServeLoop::kSeen)
    return true;
  return exchange.session && exchange.session->HasReady();
}

void BeginLooping(Context& context) {
  ServerExchange& exchange = *context.exchange;
  if (!exchange.looping) {
    exchange.looping = true;
    exchange.transport_keep_alive = context.soap->keep_alive;
    exchange.looping_socket = context.soap->socket;
  }
  context.soap->keep_alive = -1;  // negative: not counted against max_keep_alive
}

void EndLooping(Context& context) {
  ServerExchange& exchange = *context.exchange;
  if (!exchange.looping) return;
  exchange.looping = false;
  exchange.round = Round::kNone;
  // A loop that is left will not read this connection again, whatever it was worth before.
  context.soap->keep_alive = LoopIsLeft(context.soap) ? 0 : exchange.transport_keep_alive;
}

std::string RequestText(const std::string& content_type, const std::string& entity) {
  return "POST / HTTP/1.1\r\nContent-Type: " + content_type + "\r\nContent-Length: " + std::to_string(entity.size()) +
         "\r\n\r\n" + entity;
}

void FeedKept(Context& context, const engine::Deliver& kept) {
  ServerExchange& exchange = *context.exchange;
  exchange.round = Round::kKept;
  exchange.action = kept.action;
  exchange.detached = true;
  exchange.operation = Operation::kRunning;
  TraceDelivery(context, kept);
  exchange.addressing = wire::ReadOwnEnvelope(kept.payload->entity, kept.payload->content_type).envelope.addressing;
  context.incoming.Feed(RequestText(kept.payload->content_type, kept.payload->entity));
  exchange.fed_whole = true;
}

void FeedNothing(Context& context, Round round) {
  context.exchange->round = round;
  context.incoming.Feed(RequestText("text/xml", std::string()));
  context.exchange->fed_whole = true;
}

// The loop did not come round: soap_accept() has put another socket in the place of the one that waited for it.
void NoLoop(Context& context) {
  ServerExchange& exchange = *context.exchange;
  context.instance->server->SetLoop(ServeLoop::kNone);
  if (soap_valid_socket(exchange.looping_socket)) ::close(exchange.looping_socket);
  exchange.looping = false;
  exchange.round = Round::kNone;
}

void OperationHasReturned(Context& context) {
  ServerExchange& exchange = *context.exchange;
  if (exchange.operation != Operation::kAnswered) return;
  exchange.operation = Operation::kNone;
  ReturnOperation(context);
}

void ObserveLoop(Context& context) {
  ServerExchange& exchange = *context.exchange;
  if (exchange.looping && context.soap->socket != exchange.looping_socket) {
    NoLoop(context);
  } else if (exchange.looping || (context.soap->keep_alive && soap_valid_socket(context.soap->socket) &&
                                  context.soap->socket == exchange.last_socket)) {
    if (Loop(context) == ServeLoop::kUnknown) context.instance->server->SetLoop(ServeLoop::kSeen);
  }
  exchange.last_socket = context.soap->socket;
}

}  // namespace

bool IsIterative(const struct soap* soap) { return soap->state == SOAP_INIT && soap_valid_socket(soap->master); }

bool InRound(const Context& context) { return context.exchange && context.exchange->round != Round::kNone; }

void AtDisconnect(Context& context) {
  if (!context.exchange) return;
  ServerExchange& exchange = *context.exchange;
  exchange.detached = false;
  exchange.round = Round::kNone;
  if (!LoopIsLeft(context.soap) && Loop(context) != ServeLoop::kNone && WantsRound(context)) {
    BeginLooping(context);
  } else {
    EndLooping(context);
    // The descriptor is about to be closed; its number may come again with another connection.
    if (!context.soap->keep_alive || LoopIsLeft(context.soap)) exchange.last_socket = SOAP_INVALID_SOCKET;
  }
}

void AtReceive(Context& context) {
  if (!context.exchange) return;
  ServerExchange& exchange = *context.exchange;
  OperationHasReturned(context);
  ObserveLoop(context);
  if (exchange.deferred) {
    AwaitDeferredAnswer(context);
    BeginLooping(context);
    return FeedNothing(context, Round::kDeferred);
  }
  std::optional<engine::Deliver> kept;
  if (exchange.session && Loop(context) == ServeLoop::kSeen) kept = exchange.session->TakeReady();
  if (kept && BeginOperation(context, kept->number)) {
    BeginLooping(context);
    FeedKept(context, *kept);
  } else if (exchange.looping) {
    FeedNothing(context, exchange.postponed ? Round::kPostponed : Round::kEnd);
  } else {
    exchange.session.reset();
  }
}

}  // namespace gsoaprm::binding
