// What the plugin keeps beside each struct soap, and what contexts copied from one registered context share.
#pragma once

#include <stdsoap2.h>

#include <atomic>
#include <memory>
#include <string>

#include "base/status.h"
#include "engine/options.h"
#include "gsoap/callback_chain.h"
#include "gsoap/incoming.h"
#include "include/soap_rm.h"
#include "net/system_clock.h"
#include "net/system_ids.h"
#include "net/timer_thread.h"
#include "store/store.h"

namespace gsoaprm::binding {

class ClientBinding;    // client_binding.h: sessions by endpoint
class ServerBinding;    // server_binding.h: the listener and its sessions
struct ClientCall;      // client_call.h: the call that a context is making
struct ClientState;     // client_call.h: what a context keeps from call to call
class Transport;        // transport.h: the carrier whose context this is
struct ServerExchange;  // server_exchange.h: the exchange that a context is serving

// One per registered context; lives until the last copy is gone.
struct Instance {
  explicit Instance(const soap_rm_options& options);
  ~Instance();
  // In the child of a fork() sessions and threads of the parent are not ours.
  bool inert() const;

  const soap_rm_options options;
  const engine::Options engine_options;
  net::SystemClock clock;
  net::SystemIds ids;
  // Sessions know it and go before it; null: they live in memory.
  std::unique_ptr<store::Store> store;
  net::TimerThread timer{&clock};
  std::unique_ptr<ClientBinding> client;
  std::unique_ptr<ServerBinding> server;
  std::atomic<int> traces{0};    // how many scripts options.trace has been given
  std::atomic<int> contexts{0};  // application contexts; the last one closes the client's sessions

 private:
  const int fork_generation_;
};

// One per struct soap.
struct Context {
  enum class Role {
    kApplication,
    kTransport,  // a private copy that carries exchanges: every hook passes through
  };

  Context();
  ~Context();

  struct soap* soap = nullptr;
  std::shared_ptr<Instance> instance;
  Role role = Role::kApplication;
  Callbacks previous;  // what stood in the hooks before us
  Incoming incoming;   // bytes that gSOAP reads next, in place of the socket's
  std::unique_ptr<ClientCall> call;
  std::unique_ptr<ClientState> client;
  Transport* transport = nullptr;  // kTransport
  bool plain_exchange = false;  // a client's exchange that is none of ours (GET, PUT, UDP): every hook passes through
  std::unique_ptr<ServerExchange> exchange;

  Context* left_before = nullptr;  // see LeaveToParent

  // soap_rm_get_error()
  Status error;
  Outcome outcome = Outcome::kNotSent;

  // A copy that carries exchanges instead of calls; no longer counted among the application's contexts.
  void BecomeTransport();
  bool passes_through() const { return role == Role::kTransport || plain_exchange || instance->inert(); }
};

// The plugin's data of this context, or null when it is not registered.
Context* FindContext(struct soap* soap);
// The same where the hook proves that it is registered.
Context& GetContext(struct soap* soap);

// Sets soap->error and a fault that soap_print_fault() shows: code, reason, advice.
int SetError(Context& context, const Status& status, Outcome outcome);

// What everything fails with that the child of a fork() asks for. It waits for no lock, which a thread of the parent
// may have held.
int SetErrorAfterFork(Context& context);
// In place of deleting the context in such a child: of what it shares with others nothing can be taken apart there,
// neither locks that are held for ever nor condition variables that somebody waited for.
void LeaveToParent(std::unique_ptr<Context> context);

}  // namespace gsoaprm::binding
