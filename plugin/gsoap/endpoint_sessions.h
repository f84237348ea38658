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
  explicit ClientBinding(Instance* instance);
  ~ClientBinding();

  // Made when it is not there.
  std::shared_ptr<EndpointRecord> Get(std::string_view endpoint);
  // Null when it is not there.
  std::shared_ptr<EndpointRecord> Find(std::string_view endpoint) const;
  std::vector<std::shared_ptr<EndpointRecord>> All() const;

  // ---- durable sessions ----
  // What the store has kept; used with the first call to its endpoint, or by Resume.
  void Restore(engine::RecoveredInitiator left);
  // Goes on with all that the store has for this endpoint, null: for all, with the settings of this context.
  void Resume(struct soap* soap, const char* endpoint);
  // The same where nothing goes on yet; elsewhere the settings of this context stay for its next call.
  void ResumeLeft(struct soap* soap, const char* endpoint);

  // The last context of the application goes: closes what is open, at most automatic_close_timeout, and lets go of all.
  // What is in the store stays there.
  void Shutdown(struct soap* soap);

 private:
  using Records = std::vector<std::shared_ptr<EndpointRecord>>;
  // Those that the store knows of as well.
  Records ChosenOf(const char* endpoint);
  void Resume(struct soap* soap, const Records& records);

  // Outlives the binding in the store, which may be about to call it.
  struct Alarm {
    std::mutex mutex;
    ClientBinding* binding;
  };

  Instance* const instance_;
  const std::shared_ptr<Alarm> alarm_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<EndpointRecord>, std::less<>> records_;
};

// As the program's messages will be: what the options say, else the namespace table.
wire::SoapVersion GeneratedVersion(struct soap* soap);

// The client's part of soap_rm_get_metrics().
void AddClientMetrics(const Instance& instance, soap_rm_metrics* metrics);

}  // namespace gsoaprm::binding
