// The exchange that a context is serving: what came, whose operation runs, what is to be answered, and the extra rounds
// of the serve loop in which kept messages run.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "engine/acceptor_session.h"
#include "gsoap/incoming.h"
#include "gsoap/message_input.h"
#include "session/server_session.h"
#include "store/store.h"
#include "wire/envelope.h"

namespace gsoaprm::binding {

struct ServerExchange {
  // ---- the HTTP request ----
  MessageInput input;
  bool is_http = false;  // it has begun as HTTP does
  HttpHeaders http;
  std::string authorization;  // scheme and user, as far as they name a principal
  std::string action;         // what soap->action points to
  wire::SoapVersion soap_version = wire::SoapVersion::k12;
  std::uint64_t traced = 0;  // its number in the trace; 0: it is not in it
  // What gSOAP reads was fed, to its end: what it reads beyond is neither the next request nor a wait for the
  // connection.
  bool fed_whole = false;

  // ---- the operation that runs on this context ----
  enum class Operation {
    kNone,
    kRunning,   // dispatched, not answered
    kAnswered,  // a one-way operation has sent its empty response and may still be at work
  };
  Operation operation = Operation::kNone;
  std::shared_ptr<session::ServerSession> session;  // of the operation, or of the last message
  MessageNumber number;
  wire::Addressing addressing;  // of its request
  // Delivery exactly once: in which the operation writes, until it has answered.
  std::unique_ptr<store::Transaction> transaction;
  bool detached = false;  // a kept message runs: its answer goes nowhere, copies collect it

  // ---- an answer of ours, written by the fform handler ----
  std::variant<engine::RespondEmpty, engine::Respond> answer;
  bool answering = false;
  // A durable one-way operation has answered: the answer waits until it has returned, so that the next one need not
  // wait for the disk.
  bool deferred = false;
  const char* content_type = nullptr;  // of what is being written: a kept reply has the one that it was written with
  bool empty_answer = false;           // a Content-Type without a body makes WCF look for an envelope

  // ---- extra rounds of the serve loop ----
  enum class Round {
    kNone,
    kKept,       // a kept message
    kDeferred,   // nothing; the answer of a one-way operation that has returned is written
    kPostponed,  // the message that came, held back until the kept ones before it had run
    kEnd,        // nothing; lets the loop see that the connection is to be closed
  };
  Round round = Round::kNone;    // what the next or current round is
  bool looping = false;          // keep_alive is ours, to make the loop come round
  int transport_keep_alive = 0;  // what it is in truth
  SOAP_SOCKET looping_socket = SOAP_INVALID_SOCKET;
  std::optional<wire::Envelope> postponed;
  SOAP_SOCKET last_socket = SOAP_INVALID_SOCKET;  // a second request on it proves that the program has a serve loop
};

}  // namespace gsoaprm::binding
