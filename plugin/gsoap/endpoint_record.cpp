#include "gsoap/endpoint_record.h"

#include <cstdint>
#include <sstream>
#include <utility>

namespace gsoaprm::binding {
namespace {

// A dead session's last messages go out within seconds; what is older than this many sessions is surely done.
constexpr std::size_t kPastSessions = 16;

// Tells the application, and the record.
class Observer : public session::ClientObserver {
 public:
  Observer(const soap_rm_options& options, std::string endpoint, std::shared_ptr<Trace> trace,
           std::weak_ptr<EndpointRecord> record)
      : options_(options), endpoint_(std::move(endpoint)), trace_(std::move(trace)), record_(std::move(record)) {}

  void SessionChanged(const SequenceId& sequence, const engine::StateChanged& change) override {
    TraceState(trace_.get(), change);
    if (options_.state_changed) TellApplication(sequence, change);
    if (change.state != SessionState::kFaulted) return;
    if (const auto record = record_.lock()) record->GoOn();
  }

 private:
  void TellApplication(const SequenceId& sequence, const engine::StateChanged& change) const {
    std::vector<std::uint64_t> numbers;
    for (MessageNumber number : change.unacknowledged) numbers.push_back(number.value());
    soap_rm_event event{};
    event.endpoint = endpoint_.c_str();
    event.session = sequence.text().c_str();
    event.state = PublicState(change.state);
    event.code = change.reason.code.c_str();
    event.reason = change.reason.reason.c_str();
    event.advice = change.reason.advice.c_str();
    event.unacknowledged = numbers.data();
    event.unacknowledged_count = numbers.size();
    options_.state_changed(options_.state_changed_user, &event);
  }

  const soap_rm_options& options_;
  const std::string endpoint_;
  const std::shared_ptr<Trace> trace_;
  const std::weak_ptr<EndpointRecord> record_;
};

void Add(const session::ClientMetrics& more, session::ClientMetrics* sum) {
  sum->messages.messages += more.messages.messages;
  sum->messages.retransmissions += more.messages.retransmissions;
  sum->messages.keep_alives += more.messages.keep_alives;
  sum->messages.stale_replies += more.messages.stale_replies;
  sum->messages.collections += more.messages.collections;
  sum->opened += more.opened;
  sum->faulted += more.faulted;
}

}  // namespace

soap_rm_state PublicState(SessionState state) {
  switch (state) {
    case SessionState::kCreated:
      return SOAP_RM_CREATED;
    case SessionState::kOpening:
      return SOAP_RM_OPENING;
    case SessionState::kOpened:
      return SOAP_RM_OPENED;
    case SessionState::kClosing:
      return SOAP_RM_CLOSING;
    case SessionState::kClosed:
      return SOAP_RM_CLOSED;
    case SessionState::kFaulted:
      break;
  }
  return SOAP_RM_FAULTED;
}

EndpointRecord::EndpointRecord(Instance* instance, std::string endpoint)
    : instance_(instance),
      endpoint_(std::move(endpoint)),
      carriers_(std::make_shared<EndpointCarriers>(instance->options,
                                                   *instance->options.via ? instance->options.via : endpoint_)),
      outbox_(instance->store ? std::make_shared<session::Outbox>(instance->store.get(), Uri(endpoint_)) : nullptr) {
  std::istringstream actions(instance->options.one_way_actions);
  for (std::string action; actions >> action;) kinds_[action] = engine::CallKind::kOneWay;
}

void EndpointRecord::Session::Close() const {
  TraceCall(exchanges->trace(), "close");
  session->Close();
}

void EndpointRecord::Session::Abort() const {
  TraceCall(exchanges->trace(), "abort");
  session->Abort();
}

engine::CallKind EndpointRecord::KindOf(std::string_view action) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = kinds_.find(action);
  return found == kinds_.end() ? engine::CallKind::kUnknown : found->second;
}

void EndpointRecord::Learn(const std::string& action, engine::CallKind kind) {
  std::lock_guard<std::mutex> lock(mutex_);
  kinds_[action] = kind;
}

session::ClientSession::Ports EndpointRecord::PortsFor(Session* made, const engine::Options& options) {
  auto trace = std::make_shared<Trace>(instance_, Trace::Role::kClient, endpoint_);
  trace->SetProtocol(options.protocol);
  made->exchanges = std::make_shared<EndpointExchanges>(carriers_, trace);
  session::ClientSession::Ports ports;
  ports.clock = &instance_->clock;
  ports.timer = &instance_->timer;
  ports.ids = &instance_->ids;
  ports.exchanges = made->exchanges;
  ports.observer = std::make_shared<Observer>(instance_->options, endpoint_, trace, weak_from_this());
  ports.outbox = outbox_;
  return ports;
}

EndpointRecord::Session EndpointRecord::Make(wire::SoapVersion soap_version) {
  engine::Options options = instance_->engine_options;
  Session made;
  if (!left_.empty()) {
    options.protocol = left_.front().record.protocol;
    made.session = std::make_shared<session::ClientSession>(options, left_.front(), PortsFor(&made, options));
    left_.pop_front();
    return made;
  }
  if (instance_->options.soap_version == SOAP_RM_SOAP_AS_GENERATED) options.protocol.soap = soap_version;
  made.session = std::make_shared<session::ClientSession>(options, Uri(endpoint_), PortsFor(&made, options));
  opened_at_ = instance_->clock.Now();
  return made;
}

bool EndpointRecord::MustBeReplaced(SessionState state) const {
  // A durable session that is lost is no reason to lose what comes after it.
  return state == SessionState::kClosing || state == SessionState::kClosed ||
         (state == SessionState::kFaulted && (instance_->options.reopen_after_fault || outbox_));
}

EndpointRecord::Session EndpointRecord::ForCall(wire::SoapVersion soap_version) {
  std::lock_guard<std::mutex> lock(mutex_);
  soap_version_ = soap_version;
  if (current_) {
    if (!MustBeReplaced(current_.session->state())) return current_;
    Retire();
  }
  current_ = Make(soap_version);
  return current_;
}

EndpointRecord::Session EndpointRecord::Current() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return current_;
}

void EndpointRecord::Reopen() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (current_ && current_.session->state() == SessionState::kFaulted) Retire();
}

void EndpointRecord::Retire() {
  if (past_.size() >= kPastSessions) {
    Add(past_.front()->metrics(), &ended_);
    past_.erase(past_.begin());
  }
  past_.push_back(std::move(current_.session));
  current_ = Session();
}

session::ClientMetrics EndpointRecord::metrics() const {
  std::lock_guard<std::mutex> lock(mutex_);
  session::ClientMetrics sum = ended_;
  for (const auto& past : past_) Add(past->metrics(), &sum);
  if (current_) Add(current_.session->metrics(), &sum);
  return sum;
}

void EndpointRecord::Stop() {
  std::vector<std::shared_ptr<session::ClientSession>> sessions;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
    sessions.swap(past_);
    if (current_) sessions.push_back(std::move(current_.session));
    current_ = Session();
  }
  for (const auto& session : sessions) session->Drop();
  carriers_->workers.Stop();
  carriers_->transports.Clear();
}

}  // namespace gsoaprm::binding
