// Registration: checks, the context's data, the hooks; copies and deletion.
#include <memory>

#include "config/struct_sizes.h"
#include "gsoap/client_binding.h"
#include "gsoap/client_call.h"
#include "gsoap/context.h"
#include "gsoap/durable.h"
#include "gsoap/endpoint_sessions.h"
#include "gsoap/host_guard.h"
#include "gsoap/incompatible_plugins.h"
#include "gsoap/server_binding.h"
#include "gsoap/server_exchange.h"

namespace gsoaprm::binding {
namespace {

int Refuse(struct soap* soap, const std::string& sentence) {
  return soap_set_receiver_error(soap, "gsoaprm was not registered", soap_strdup(soap, sentence.c_str()),
                                 SOAP_RM_ERROR);
}

std::string SentenceOf(const Status& problem) { return problem.code + ": " + problem.reason + " " + problem.advice; }

bool TakeOptions(const void* argument, soap_rm_options* options, std::string* error) {
  soap_rm_options_default(options);
  if (!argument) return true;
  const auto* given = static_cast<const soap_rm_options*>(argument);
  if (!config::TakeOptions(given, config::kOptionsSizes, options, error)) return false;
  char sentence[512] = "";
  if (soap_rm_options_check(options, sentence, sizeof sentence) == 0) return true;
  *error = sentence;
  return false;
}

int Copy(struct soap* soap, struct soap_plugin* destination, struct soap_plugin* source) noexcept {
  try {
    const auto* original = static_cast<const Context*>(source->data);
    auto context = std::make_unique<Context>();
    context->soap = soap;
    context->instance = original->instance;
    context->previous = original->previous;
    context->role = original->role;
    if (context->role == Context::Role::kApplication) context->instance->contexts++;
    destination->data = context.release();
    return SOAP_OK;
  } catch (...) {
    return soap->error = SOAP_EOM;
  }
}

// Its copies may serve connections after it has gone: they finish the sessions that there are, and begin no others.
bool Listens(const struct soap* soap) { return soap->state == SOAP_INIT && soap_valid_socket(soap->master); }

void Delete(struct soap* soap, struct soap_plugin* plugin) noexcept {
  std::unique_ptr<Context> context(static_cast<Context*>(plugin->data));
  plugin->data = nullptr;
  try {
    RemoveHooks(soap, context->previous);
    if (context->instance->inert()) return LeaveToParent(std::move(context));
    if (context->role == Context::Role::kTransport) return;
    ClientRelease(*context);
    ServerRelease(*context);
    if (Listens(soap) && !context->instance->inert()) context->instance->server->sessions().StopAccepting();
    if (--context->instance->contexts == 0) context->instance->client->Shutdown(soap);
  } catch (...) {
    // Nobody is left to be told; the session dies of inactivity at the peer.
  }
}

int Register(struct soap* soap, struct soap_plugin* plugin, void* argument) {
  soap_rm_options options;
  std::string error;
  if (!TakeOptions(argument, &options, &error)) return Refuse(soap, error);
  error = IncompatiblePlugin(soap);
  if (!error.empty()) return Refuse(soap, error);
  auto context = std::make_unique<Context>();
  context->soap = soap;
  context->instance = std::make_shared<Instance>(options);
  Instance* const instance = context->instance.get();
  Status problem = OpenStore(instance);
  if (!problem.ok()) return Refuse(soap, SentenceOf(problem));
  instance->client = std::make_unique<ClientBinding>(instance);
  instance->server = std::make_unique<ServerBinding>(instance);
  problem = RecoverSessions(instance);
  if (!problem.ok()) return Refuse(soap, SentenceOf(problem));
  instance->contexts = 1;
  InstallHooks(soap, &context->previous);
  plugin->id = SOAP_RM_ID;
  plugin->fcopy = Copy;
  plugin->fdelete = Delete;
  plugin->data = context.release();
  return SOAP_OK;
}

}  // namespace
}  // namespace gsoaprm::binding

// A runtime of another version than this library was compiled against would have another struct soap. Its functions
// carry the version in their names, so such a program does not link: taking the address here makes it so for this
// library as well.
extern "C" void (*const soap_rm_requires_this_gsoap_version)(struct soap*, soap_mode,
                                                             soap_mode) = soap_versioning(soap_init);

extern "C" int soap_rm(struct soap* soap, struct soap_plugin* plugin, void* options) {
  try {
    return gsoaprm::binding::Register(soap, plugin, options);
  } catch (...) {
    return gsoaprm::binding::ReportException(soap);
  }
}
