// The functions of soap_rm.h that an operation calls, and those that both roles share.
#include "config/struct_sizes.h"
#include "gsoap/client_binding.h"
#include "gsoap/client_call.h"
#include "gsoap/context.h"
#include "gsoap/durable.h"
#include "gsoap/endpoint_sessions.h"
#include "gsoap/host_guard.h"
#include "gsoap/server_binding.h"
#include "gsoap/server_exchange.h"

namespace gsoaprm::binding {
namespace {

// The session of the operation that runs on this context, or null.
session::ServerSession* RunningSession(struct soap* soap) {
  Context* const context = FindContext(soap);
  if (!context || !context->exchange || context->instance->inert()) return nullptr;
  const ServerExchange& exchange = *context->exchange;
  return exchange.operation == ServerExchange::Operation::kNone ? nullptr : exchange.session.get();
}

void AddServerMetrics(const Instance& instance, soap_rm_metrics* metrics) {
  const session::ServerMetrics server = instance.server->sessions().metrics();
  metrics->sessions_opened += server.opened;
  metrics->sessions_faulted += server.faulted;
  metrics->operations_started += server.messages.delivered;
  metrics->duplicates_suppressed += server.messages.duplicates_suppressed;
  metrics->replies_repeated += server.messages.replies_repeated;
  metrics->early_messages_kept += server.messages.early_kept;
  metrics->messages_dropped += server.messages.dropped;
  metrics->open_sessions += server.open;
  metrics->responses_posted = instance.server->posts().taken();
  metrics->responses_lost = instance.server->posts().lost();
}

soap_rm_error_class PublicClass(ErrorClass error) {
  switch (error) {
    case ErrorClass::kNone:
      return SOAP_RM_NO_ERROR;
    case ErrorClass::kTryAgain:
      return SOAP_RM_TRY_AGAIN;
    case ErrorClass::kSequenceDead:
      return SOAP_RM_SEQUENCE_DEAD;
    case ErrorClass::kEndpointDead:
      return SOAP_RM_ENDPOINT_DEAD;
    case ErrorClass::kMisuse:
      break;
  }
  return SOAP_RM_MISUSE;
}

soap_rm_outcome PublicOutcome(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNotSent:
      return SOAP_RM_NOT_SENT;
    case Outcome::kUnknown:
      return SOAP_RM_UNKNOWN;
    case Outcome::kExecuted:
      break;
  }
  return SOAP_RM_EXECUTED;
}

// Into the program's structure. What the last error was stays as it is.
int Give(struct soap* soap, const char* name, const void* full, config::StructSizes sizes, void* given) {
  std::string sentence;
  if (config::GiveStruct(name, full, sizes, given, &sentence)) return SOAP_OK;
  return soap_set_receiver_error(soap, "gsoaprm", soap_strdup(soap, sentence.c_str()), SOAP_RM_ERROR);
}

}  // namespace
}  // namespace gsoaprm::binding

using gsoaprm::binding::AddServerMetrics;
using gsoaprm::binding::AddStoreMetrics;
using gsoaprm::binding::Context;
using gsoaprm::binding::FindContext;
using gsoaprm::binding::Give;
using gsoaprm::binding::Guard;
using gsoaprm::binding::PublicClass;
using gsoaprm::binding::PublicOutcome;
using gsoaprm::binding::RunningSession;
using gsoaprm::config::kErrorSizes;
using gsoaprm::config::kMetricsSizes;
using gsoaprm::session::ServerSession;

extern "C" const char* soap_rm_session_id(struct soap* soap) {
  ServerSession* const session = RunningSession(soap);
  return session ? session->identity().sequence.text().c_str() : nullptr;
}

extern "C" uint64_t soap_rm_message_number(struct soap* soap) {
  return RunningSession(soap) ? FindContext(soap)->exchange->number.value() : 0;
}

extern "C" void* soap_rm_session_user(struct soap* soap) {
  ServerSession* const session = RunningSession(soap);
  return session ? session->user().get() : nullptr;
}

extern "C" int soap_rm_set_session_user(struct soap* soap, void* user, void (*destroy)(void* user)) {
  ServerSession* const session = RunningSession(soap);
  if (!session) return SOAP_ERR;
  session->user().Set(user, destroy);
  return SOAP_OK;
}

extern "C" void* soap_rm_transaction(struct soap* soap) {
  if (!RunningSession(soap)) return nullptr;
  const auto& transaction = FindContext(soap)->exchange->transaction;
  return transaction ? transaction->handle() : nullptr;
}

extern "C" int soap_rm_get_metrics(struct soap* soap, struct soap_rm_metrics* metrics) {
  if (!FindContext(soap) || !metrics) return SOAP_ERR;
  return Guard(soap, [&](Context& own) {
    if (own.instance->inert()) return SetErrorAfterFork(own);
    soap_rm_metrics sums{};
    AddClientMetrics(*own.instance, &sums);
    AddServerMetrics(*own.instance, &sums);
    AddStoreMetrics(*own.instance, &sums);
    return Give(soap, "metrics", &sums, kMetricsSizes, metrics);
  });
}

extern "C" int soap_rm_get_error(struct soap* soap, struct soap_rm_error* error) {
  if (!FindContext(soap) || !error) return SOAP_ERR;
  return Guard(soap, [&](Context& own) {
    soap_rm_error details{};
    details.error_class = PublicClass(own.error.error);
    details.outcome = PublicOutcome(own.outcome);
    details.code = own.error.code.c_str();
    details.reason = own.error.reason.c_str();
    details.advice = own.error.advice.c_str();
    return Give(soap, "error", &details, kErrorSizes, error);
  });
}
