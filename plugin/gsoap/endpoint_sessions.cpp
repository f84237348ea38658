#include "gsoap/endpoint_sessions.h"

#include <algorithm>
#include <utility>

namespace gsoaprm::binding {

ClientBinding::ClientBinding(Instance* instance) : instance_(instance), alarm_(std::make_shared<Alarm>()) {
  alarm_->binding = this;
  if (!instance->store) return;
  instance->store->WhenRedriven([alarm = alarm_](const Uri& endpoint) {
    std::lock_guard<std::mutex> lock(alarm->mutex);
    if (!alarm->binding) return;
    if (const auto record = alarm->binding->Find(endpoint.text())) record->MessagesWait();
  });
}

ClientBinding::~ClientBinding() {
  std::lock_guard<std::mutex> lock(alarm_->mutex);
  alarm_->binding = nullptr;
}

std::shared_ptr<EndpointRecord> ClientBinding::Get(std::string_view endpoint) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = records_.find(endpoint);
  if (found != records_.end()) return found->second;
  std::string name(endpoint);
  auto record = std::make_shared<EndpointRecord>(instance_, name);
  records_.emplace(std::move(name), record);
  return record;
}

std::shared_ptr<EndpointRecord> ClientBinding::Find(std::string_view endpoint) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = records_.find(endpoint);
  return found == records_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<EndpointRecord>> ClientBinding::All() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::shared_ptr<EndpointRecord>> all;
  for (const auto& entry : records_) all.push_back(entry.second);
  return all;
}

void ClientBinding::Restore(engine::RecoveredInitiator left) {
  const std::string endpoint = left.record.endpoint.text();
  Get(endpoint)->Restore(std::move(left));
}

ClientBinding::Records ClientBinding::ChosenOf(const char* endpoint) {
  if (!instance_->store) return Records();
  if (endpoint) return Records{Get(endpoint)};
  for (const Uri& waiting : instance_->store->WaitingEndpoints()) Get(waiting.text());
  return All();
}

void ClientBinding::Resume(struct soap* soap, const char* endpoint) { Resume(soap, ChosenOf(endpoint)); }

void ClientBinding::ResumeLeft(struct soap* soap, const char* endpoint) {
  Records left = ChosenOf(endpoint);
  left.erase(std::remove_if(left.begin(), left.end(), [](const auto& record) { return !record->HasLeft(); }),
             left.end());
  Resume(soap, left);
}

void ClientBinding::Resume(struct soap* soap, const Records& records) {
  if (records.empty()) return;
  const auto settings = TransportSettings::Take(soap);
  for (const auto& record : records) {
    record->carriers().transports.Configure(soap);
    record->Resume(GeneratedVersion(soap), settings);
  }
}

void ClientBinding::Shutdown(struct soap*) {
  const auto records = All();
  if (instance_->options.automatic_close_timeout > 0) {
    const Timestamp deadline =
        instance_->clock.Now() + Duration::Milliseconds(instance_->options.automatic_close_timeout);
    // All at once, so that the bound holds for the sum.
    std::vector<EndpointRecord::Session> closing;
    for (const auto& record : records) {
      auto current = record->Current();
      // What waits for a service that is away does so in the store.
      if (current &&
          !(instance_->store && current.session->HasWork() && current.session->state() != SessionState::kOpened))
        closing.push_back(std::move(current));
    }
    for (const auto& each : closing) each.Close();
    for (const auto& each : closing) each.session->WaitForEnd(deadline);
  }
  for (const auto& record : records) record->Stop();
}

wire::SoapVersion GeneratedVersion(struct soap* soap) {
  const struct Namespace* const table = soap->local_namespaces ? soap->local_namespaces : soap->namespaces;
  const bool soap11 = table && table->ns && wire::SoapNamespace(wire::SoapVersion::k11) == table->ns;
  return soap11 ? wire::SoapVersion::k11 : wire::SoapVersion::k12;
}

void AddClientMetrics(const Instance& instance, soap_rm_metrics* metrics) {
  for (const auto& record : instance.client->All()) {
    const session::ClientMetrics client = record->metrics();
    metrics->messages_sent += client.messages.messages;
    metrics->retransmissions += client.messages.retransmissions;
    metrics->keep_alives += client.messages.keep_alives;
    metrics->answers_collected += client.messages.collections;
    metrics->sessions_opened += client.opened;
    metrics->sessions_faulted += client.faulted;
  }
}

}  // namespace gsoaprm::binding
