// The client's sessions of a registered context and its copies, by endpoint.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gsoap/endpoint_record.h"

namespace gsoaprm::binding {

class ClientBinding {
 public:
  explicit ClientBinding(Instance* instance) : instance_(instance) {}

  // Made when it is not there.
  std::shared_ptr<EndpointRecord> Get(std::string_view endpoint);
  // Null when it is not there.
  std::shared_ptr<EndpointRecord> Find(std::string_view endpoint) const;
  std::vector<std::shared_ptr<EndpointRecord>> All() const;

  // The last context of the application goes: closes what is open, at most automatic_close_timeout, and lets go of all.
  void Shutdown(struct soap* soap);

 private:
  Instance* const instance_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<EndpointRecord>, std::less<>> records_;
};

// The client's part of soap_rm_get_metrics().
void AddClientMetrics(const Instance& instance, soap_rm_metrics* metrics);

}  // namespace gsoaprm::binding
