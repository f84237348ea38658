#include "gsoap/context.h"

#include <pthread.h>

#include <mutex>

#include "config/engine_options.h"
#include "gsoap/client_binding.h"
#include "gsoap/client_call.h"
#include "gsoap/endpoint_sessions.h"
#include "gsoap/server_binding.h"
#include "gsoap/server_exchange.h"

namespace gsoaprm::binding {
namespace {

// How many fork()s lie between this process and the one that loaded the library. With what follows, the only state of
// the process that the plugin keeps: asking the system for the process id would cost a call per message.
std::atomic<int> fork_count{0};
std::once_flag fork_handler_installed;
// In a child: the contexts that it has deleted, so that what they hold does not look lost.
std::atomic<Context*> left_to_parent{nullptr};

int ForkGeneration() {
  std::call_once(fork_handler_installed, [] { pthread_atfork(nullptr, nullptr, [] { fork_count++; }); });
  return fork_count;
}

}  // namespace

Instance::Instance(const soap_rm_options& given)
    : options(given), engine_options(config::ToEngineOptions(given)), fork_generation_(ForkGeneration()) {}

Instance::~Instance() = default;

bool Instance::inert() const { return fork_count != fork_generation_; }

Context::Context() = default;
Context::~Context() = default;

void Context::BecomeTransport() {
  role = Role::kTransport;
  instance->contexts--;
}

Context* FindContext(struct soap* soap) {
  return soap ? static_cast<Context*>(soap_lookup_plugin(soap, SOAP_RM_ID)) : nullptr;
}

Context& GetContext(struct soap* soap) { return *FindContext(soap); }

int SetError(Context& context, const Status& status, Outcome outcome) {
  context.error = status;
  context.outcome = outcome;
  const std::string text = "reliable session: " + status.code + ": " + status.reason;
  struct soap* const soap = context.soap;
  const char* const reason = soap_strdup(soap, text.c_str());
  const char* const advice = soap_strdup(soap, status.advice.c_str());
  return soap_set_receiver_error(soap, reason ? reason : "reliable session failed", advice, SOAP_RM_ERROR);
}

int SetErrorAfterFork(Context& context) {
  return SetError(
      context,
      Status::Error(ErrorClass::kMisuse, "AfterFork", "this process is a child made by fork() after registration",
                    "Register the plugin on a new context in the child."),
      Outcome::kNotSent);
}

void LeaveToParent(std::unique_ptr<Context> context) {
  Context* const left = context.release();
  left->left_before = left_to_parent.exchange(left);
}

}  // namespace gsoaprm::binding
