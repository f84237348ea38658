// The client's functions of soap_rm.h.
#include <cstring>

#include "gsoap/client_binding.h"
#include "gsoap/client_call.h"
#include "gsoap/endpoint_sessions.h"
#include "gsoap/host_guard.h"

namespace gsoaprm::binding {
namespace {

using session::ClientSession;
using RecordPointer = std::shared_ptr<EndpointRecord>;

Status NoEndpoint() {
  return Status::Error(ErrorClass::kMisuse, "NoEndpoint", "no endpoint was given", "Name the service's address.");
}

// The one, or all.
std::vector<RecordPointer> Chosen(const Context& context, const char* endpoint) {
  if (!endpoint) return context.instance->client->All();
  RecordPointer record = context.instance->client->Find(endpoint);
  return record ? std::vector<RecordPointer>{record} : std::vector<RecordPointer>();
}

std::vector<EndpointRecord::Session> Sessions(const Context& context, const char* endpoint) {
  std::vector<EndpointRecord::Session> sessions;
  for (const RecordPointer& record : Chosen(context, endpoint))
    if (auto current = record->Current()) sessions.push_back(std::move(current));
  return sessions;
}

int Open(Context& context, const char* endpoint) {
  if (!endpoint || !*endpoint) return SetError(context, NoEndpoint(), Outcome::kNotSent);
  RecordPointer record = context.instance->client->Get(endpoint);
  record->carriers().transports.Configure(context.soap);
  const auto settings = TransportSettings::Take(context.soap);
  const Status status = record->ForCall(GeneratedVersion(context.soap)).session->Open(settings);
  return status.ok() ? static_cast<int>(SOAP_OK) : SetError(context, status, Outcome::kNotSent);
}

int Flush(Context& context, const char* endpoint, soap_rm_milliseconds timeout) {
  const Timestamp deadline = context.instance->clock.Now() + Duration::Milliseconds(timeout);
  context.instance->client->ResumeLeft(context.soap, endpoint);
  for (const RecordPointer& record : Chosen(context, endpoint)) {
    std::shared_ptr<ClientSession> session;
    switch (record->Flush(deadline, &session)) {
      case ClientSession::FlushResult::kDone:
        break;
      case ClientSession::FlushResult::kTimeOut:
        return context.soap->error = SOAP_EOF;
      case ClientSession::FlushResult::kDead:
        return SetError(context, session->fault(), Outcome::kUnknown);
    }
  }
  return SOAP_OK;
}

int Close(Context& context, const char* endpoint) {
  LeaveCall(context);
  const auto sessions = Sessions(context, endpoint);
  // Its own close time-out ends each; the rest is for the last answer to arrive.
  const Duration patience = context.instance->engine_options.close_timeout + Duration::Seconds(1);
  const Timestamp deadline = context.instance->clock.Now() + patience;
  for (const auto& each : sessions) each.Close();
  int error = SOAP_OK;
  for (const auto& each : sessions) {
    const Status status = each.session->WaitForEnd(deadline);
    if (!status.ok()) error = SetError(context, status, Outcome::kUnknown);
  }
  return error;
}

soap_rm_state StateOfSession(const Context& context, const char* endpoint) {
  const auto sessions = Sessions(context, endpoint);
  return sessions.empty() ? SOAP_RM_CREATED : PublicState(sessions.front().session->state());
}

}  // namespace
}  // namespace gsoaprm::binding

using gsoaprm::binding::Context;
using gsoaprm::binding::FindContext;
using gsoaprm::binding::Guard;

namespace {

// Guard for what a program asks for: not in the child of a fork(), and not without the plugin.
template <class Function>
int Ask(struct soap* soap, Function function) {
  if (!FindContext(soap)) return SOAP_ERR;
  return Guard(soap, [&](Context& context) {
    return context.instance->inert() ? SetErrorAfterFork(context) : function(context);
  });
}

}  // namespace

extern "C" int soap_rm_open(struct soap* soap, const char* endpoint) {
  return Ask(soap, [&](Context& context) { return gsoaprm::binding::Open(context, endpoint); });
}

extern "C" int soap_rm_resume(struct soap* soap, const char* endpoint) {
  return Ask(soap, [&](Context& context) {
    context.instance->client->Resume(context.soap, endpoint);
    return static_cast<int>(SOAP_OK);
  });
}

extern "C" int soap_rm_flush(struct soap* soap, const char* endpoint, soap_rm_milliseconds timeout) {
  return Ask(soap, [&](Context& context) { return gsoaprm::binding::Flush(context, endpoint, timeout); });
}

extern "C" int soap_rm_close(struct soap* soap, const char* endpoint) {
  return Ask(soap, [&](Context& context) { return gsoaprm::binding::Close(context, endpoint); });
}

extern "C" int soap_rm_abort(struct soap* soap, const char* endpoint) {
  return Ask(soap, [&](Context& context) {
    for (const auto& each : gsoaprm::binding::Sessions(context, endpoint)) each.Abort();
    return static_cast<int>(SOAP_OK);
  });
}

extern "C" int soap_rm_reopen(struct soap* soap, const char* endpoint) {
  return Ask(soap, [&](Context& context) {
    for (const auto& record : gsoaprm::binding::Chosen(context, endpoint)) record->Reopen();
    return static_cast<int>(SOAP_OK);
  });
}

extern "C" enum soap_rm_state soap_rm_session_state(struct soap* soap, const char* endpoint) {
  soap_rm_state state = SOAP_RM_CREATED;
  if (!FindContext(soap)) return state;
  Guard(soap, [&](Context& context) {
    if (!context.instance->inert()) state = gsoaprm::binding::StateOfSession(context, endpoint);
    return static_cast<int>(SOAP_OK);
  });
  return state;
}
