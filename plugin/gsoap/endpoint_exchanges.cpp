#include "gsoap/endpoint_exchanges.h"

#include <chrono>
#include <utility>

#include "wire/envelope_writer.h"

namespace gsoaprm::binding {
namespace {

constexpr std::chrono::seconds kWorkerIdleTime(5);

engine::ExchangeResult NotRun(const char* reason) {
  engine::ExchangeResult result;
  result.reason = reason;
  return result;
}

}  // namespace

// ---- carriers ----

TransportPool::TransportPool(const soap_rm_options& options, std::size_t maximum_idle)
    : options_(options), maximum_idle_(maximum_idle) {}

int TransportPool::Configure(struct soap* soap) {
  ConnectionSettings settings(soap);
  std::vector<std::shared_ptr<Transport>> outdated;
  std::lock_guard<std::mutex> lock(mutex_);
  if (settings_ && *settings_ == settings) return generation_;
  auto pattern = Transport::CopyOf(soap, options_);
  if (!pattern) return generation_;
  pattern->SetGeneration(++generation_);
  pattern_ = std::move(pattern);
  settings_ = std::make_unique<ConnectionSettings>(settings);
  outdated.swap(idle_);
  return generation_;
}

std::shared_ptr<Transport> TransportPool::Take() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!idle_.empty()) {
    auto transport = std::move(idle_.back());
    idle_.pop_back();
    return transport;
  }
  return pattern_ ? pattern_->Copy() : nullptr;
}

void TransportPool::Return(std::shared_ptr<Transport> transport) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (pattern_ && transport->generation() == generation_ && idle_.size() < maximum_idle_)
    idle_.push_back(std::move(transport));
}

void TransportPool::Clear() {
  std::lock_guard<std::mutex> lock(mutex_);
  idle_.clear();
  pattern_.reset();
  settings_.reset();
}

EndpointCarriers::EndpointCarriers(const soap_rm_options& options_given, std::string address_given)
    : options(options_given),
      address(std::move(address_given)),
      transports(options, static_cast<std::size_t>(options.max_connections)),
      workers(static_cast<std::size_t>(options.max_connections), kWorkerIdleTime) {}

// ---- one exchange ----

bool PostEnvelope(EndpointCarriers& carriers, Transport* transport, const wire::Envelope& envelope,
                  const TransportSettings* settings) {
  const wire::WrittenMessage message = wire::WriteEnvelope(envelope);
  TransportRequest request;
  request.address = carriers.address.c_str();
  request.message = &message;
  request.soap_action = envelope.protocol.soap == wire::SoapVersion::k11 ? &envelope.addressing.action : nullptr;
  request.settings = settings;
  transport->UseCookies(carriers.cookies);
  return transport->Post(request);
}

engine::ExchangeResult ReadAnswer(EndpointCarriers& carriers, Transport* transport) {
  engine::ExchangeResult result = transport->Read();
  transport->KeepCookies(&carriers.cookies);
  return result;
}

// ---- in the background ----

void EndpointExchanges::Start(const std::shared_ptr<session::ClientSession>& session, engine::Transmit transmit,
                              session::CallSettingsPointer settings) {
  const ExchangeId exchange = transmit.exchange;
  TraceRequest(trace_.get(), exchange, transmit.envelope);
  // std::function wants to be copyable; the message itself is shared, not copied.
  auto order = std::make_shared<engine::Transmit>(std::move(transmit));
  Post(session, exchange, [this, &asked = *session, order, settings = std::move(settings)] {
    return asked.MaySend(order->exchange) ? Run(*order, settings) : NotRun("the store does not take what is written");
  });
}

// The session keeps this object; so the job, which keeps the session, may use it.
void EndpointExchanges::Post(const std::shared_ptr<session::ClientSession>& session, ExchangeId exchange, Part part) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    running_[exchange];
  }
  try {
    carriers_->workers.Post([this, session, exchange, part = std::move(part)] {
      engine::ExchangeResult result = NotRun("out of memory");
      try {
        result = part();
      } catch (const std::exception& shortage) {
        result.reason = shortage.what();
      }
      {
        std::lock_guard<std::mutex> lock(mutex_);
        running_.erase(exchange);
      }
      Report(*session, exchange, std::move(result));
    });
  } catch (const std::exception& shortage) {
    engine::ExchangeResult result = NotRun(shortage.what());
    TraceResult(trace_.get(), exchange, result);
    session->FinishExchange(exchange, std::move(result));
  }
}

// Nobody is above a worker who could take an exception: a session without memory for this has ended, and knows it.
void EndpointExchanges::Report(session::ClientSession& session, ExchangeId exchange,
                               engine::ExchangeResult result) const {
  try {
    TraceResult(trace_.get(), exchange, result);
    session.FinishExchange(exchange, std::move(result));
  } catch (const std::exception&) {
    session.Tear();
  }
}

engine::ExchangeResult EndpointExchanges::Run(const engine::Transmit& transmit,
                                              const session::CallSettingsPointer& settings) {
  std::shared_ptr<Transport> transport = carriers_->transports.Take();
  if (!transport) return NotRun("out of memory");
  transport->BoundReading();
  if (!Attach(transmit.exchange, session::InterruptHandle{transport, transport->BeginTurn()})) {
    carriers_->transports.Return(std::move(transport));
    return NotRun("");
  }
  const auto* own = static_cast<const TransportSettings*>(settings.get());
  engine::ExchangeResult result = PostEnvelope(*carriers_, transport.get(), transmit.envelope, own)
                                      ? ReadAnswer(*carriers_, transport.get())
                                      : transport->Failure();
  carriers_->transports.Return(std::move(transport));
  return result;
}

bool EndpointExchanges::Attach(ExchangeId exchange, session::InterruptHandle interrupt) {
  std::lock_guard<std::mutex> lock(mutex_);
  Running& running = running_[exchange];
  running.interrupt = std::move(interrupt);
  return !running.cancelled;
}

void EndpointExchanges::Cancel(ExchangeId exchange) {
  session::InterruptHandle interrupt;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = running_.find(exchange);
    if (found == running_.end()) return;
    found->second.cancelled = true;
    interrupt = found->second.interrupt;
  }
  if (interrupt.target) interrupt.target->Interrupt(interrupt.turn);
}

void EndpointExchanges::Continue(const std::shared_ptr<session::ClientSession>& session, ExchangeId exchange,
                                 const std::shared_ptr<Transport>& transport, std::uint64_t turn) {
  transport->BoundReading();
  Post(session, exchange, [this, exchange, transport, turn] {
    // Cancelled while it waited for its thread: the connection is of no use, its answer would be another's.
    if (!Attach(exchange, session::InterruptHandle{transport, turn})) return NotRun("");
    engine::ExchangeResult result = ReadAnswer(*carriers_, transport.get());
    carriers_->transports.Return(transport);
    return result;
  });
}

}  // namespace gsoaprm::binding
