// The call that a context is making, and what the context keeps for the next.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gsoap/endpoint_record.h"

namespace gsoaprm::binding {

// Kept from call to call, so that a call finds session and connection without a search.
struct ClientState {
  std::shared_ptr<EndpointRecord> endpoint;
  EndpointRecord::Session session;
  std::shared_ptr<Transport> transport;
  std::optional<ConnectionSettings> settings;  // that the carriers were made with
  CookieList cookies;                          // that the application was given
  int cookies_version = 0;
  // The header of the last reply: gSOAP sends it along with the next call unless the program has changed it.
  wire::PayloadPointer last_reply;
  std::optional<wire::Addressing> last_addressing;  // read of it when first needed
  // Of the last exchange that was none of ours; gSOAP has overwritten them when fconnect is called.
  std::string plain_host;
  int plain_port = 0;
};

struct ClientCall {
  enum class Phase {
    kSending,    // gSOAP is writing the message
    kSent,       // submitted; nobody has asked for the answer
    kReceiving,  // the receiving half has begun
    kAnswered,   // the answer, or its lack, has been told
  };
  Phase phase = Phase::kSending;
  EndpointRecord::Session session;
  session::ClientSession::CallPointer call;  // null: there is nothing to wait for
  engine::CallKind kind = engine::CallKind::kUnknown;
  std::string action;
  // The first exchange, when it runs in this thread: its request is out, its answer is still to be read.
  std::shared_ptr<Transport> transport;
  ExchangeId exchange;
  std::uint64_t turn = 0;
  bool answered_empty = false;  // the application was told HTTP 202
};

ClientState& StateOf(Context& context);

// Submits the message and sends it. SOAP_OK or an error.
int StartCall(Context& context, engine::OutgoingMessage message, wire::SoapVersion soap_version);
// The answer as an HTTP message for gSOAP; empty when there is none and soap->error says why.
std::string TakeAnswer(Context& context);
// What is unfinished goes on in the background, its result discarded.
void LeaveCall(Context& context);

}  // namespace gsoaprm::binding
