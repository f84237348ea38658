// Exchanges of an endpoint's sessions that run in the background, and the carriers that they and calls use.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gsoap/trace.h"
#include "gsoap/transport.h"
#include "net/worker_pool.h"
#include "session/client_session.h"

namespace gsoaprm::binding {

// Copies of the application's context for one endpoint. Those of the background are kept here between exchanges, the
// caller's own stays with its context.
class TransportPool {
 public:
  TransportPool(const soap_rm_options& options, std::size_t maximum_idle);

  // In the thread that owns this context of the application: whatever is made from now on has its settings. Returns the
  // generation of what is made so.
  int Configure(struct soap* soap);
  // Null when memory runs out, or nothing was configured.
  std::shared_ptr<Transport> Take();
  void Return(std::shared_ptr<Transport> transport);
  void Clear();

 private:
  const soap_rm_options& options_;
  const std::size_t maximum_idle_;
  mutable std::mutex mutex_;
  std::unique_ptr<ConnectionSettings> settings_;
  std::shared_ptr<Transport> pattern_;  // never used for an exchange
  std::vector<std::shared_ptr<Transport>> idle_;
  int generation_ = 0;
};

// What the exchanges of one endpoint share.
struct EndpointCarriers {
  EndpointCarriers(const soap_rm_options& options_given, std::string address_given);

  const soap_rm_options& options;
  const std::string address;  // where to send to
  CookieJar cookies;
  TransportPool transports;
  net::WorkerPool workers;
};

// The exchanges of one session.
class EndpointExchanges : public session::Exchanges {
 public:
  EndpointExchanges(std::shared_ptr<EndpointCarriers> carriers, std::shared_ptr<Trace> trace)
      : carriers_(std::move(carriers)), trace_(std::move(trace)) {}

  Trace* trace() { return trace_.get(); }

  void Start(const std::shared_ptr<session::ClientSession>& session, engine::Transmit transmit,
             session::CallSettingsPointer settings) override;
  void Cancel(ExchangeId exchange) override;
  std::size_t MostAtOnce() const override { return static_cast<std::size_t>(carriers_->options.max_connections); }
  // The request is out on this transport, in its turn `turn`; the rest is done in the background.
  void Continue(const std::shared_ptr<session::ClientSession>& session, ExchangeId exchange,
                const std::shared_ptr<Transport>& transport, std::uint64_t turn);

 private:
  using Part = std::function<engine::ExchangeResult()>;
  struct Running {
    bool cancelled = false;
    session::InterruptHandle interrupt;
  };
  // Posts a job that runs `part` and reports its result.
  void Post(const std::shared_ptr<session::ClientSession>& session, ExchangeId exchange, Part part);
  void Report(session::ClientSession& session, ExchangeId exchange, engine::ExchangeResult result) const;
  engine::ExchangeResult Run(const engine::Transmit& transmit, const session::CallSettingsPointer& settings);
  bool Attach(ExchangeId exchange, session::InterruptHandle interrupt);

  const std::shared_ptr<EndpointCarriers> carriers_;
  const std::shared_ptr<Trace> trace_;
  std::mutex mutex_;
  std::map<ExchangeId, Running> running_;
};

// Writes the request and sends it. False: the exchange is over, see transport->Failure().
bool PostEnvelope(EndpointCarriers& carriers, Transport* transport, const wire::Envelope& envelope,
                  const TransportSettings* settings);
// Reads the answer.
engine::ExchangeResult ReadAnswer(EndpointCarriers& carriers, Transport* transport);

}  // namespace gsoaprm::binding
