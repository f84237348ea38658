#include "gsoap/endpoint_sessions.h"

namespace gsoaprm::binding {

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

void ClientBinding::Shutdown(struct soap*) {
  const auto records = All();
  if (instance_->options.automatic_close_timeout > 0) {
    const Timestamp deadline =
        instance_->clock.Now() + Duration::Milliseconds(instance_->options.automatic_close_timeout);
    // All at once, so that the bound holds for the sum.
    std::vector<EndpointRecord::Session> closing;
    for (const auto& record : records) {
      if (auto current = record->Current()) closing.push_back(std::move(current));
    }
    for (const auto& each : closing) each.Close();
    for (const auto& each : closing) each.session->WaitForEnd(deadline);
  }
  for (const auto& record : records) record->Stop();
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
