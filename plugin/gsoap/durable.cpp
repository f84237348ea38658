#include "gsoap/durable.h"

#include <cstring>
#include <utility>

#include "gsoap/endpoint_sessions.h"
#include "gsoap/server_binding.h"
#include "store/sqlite_store.h"

namespace gsoaprm::binding {
namespace {

// What stands before the path (config/option_table.cpp checks it).
constexpr std::size_t kKindLength = sizeof("sqlite:") - 1;

class Takeover : public store::Recovery {
 public:
  explicit Takeover(Instance* instance) : instance_(*instance) {}

  void Acceptor(engine::RecoveredAcceptor acceptor) override { instance_.server->sessions().Restore(acceptor); }
  void Initiator(engine::RecoveredInitiator initiator) override { instance_.client->Restore(std::move(initiator)); }
  void Progress(std::uint64_t done, std::uint64_t total) override {
    if (instance_.options.recovery) instance_.options.recovery(instance_.options.recovery_user, done, total);
  }

 private:
  Instance& instance_;
};

}  // namespace

Status OpenStore(Instance* instance) {
  if (!*instance->options.store) return Status::Ok();
  store::SqliteStoreOptions options;
  options.path = instance->options.store + kKindLength;
  options.quota_bytes = instance->options.store_quota;
  Status problem;
  instance->store = store::OpenSqliteStore(options, &problem);
  return problem;
}

Status RecoverSessions(Instance* instance) {
  if (!instance->store) return Status::Ok();
  Takeover takeover(instance);
  return instance->store->Load(&takeover);
}

void AddStoreMetrics(const Instance& instance, soap_rm_metrics* metrics) {
  if (!instance.store) return;
  const store::StoreMetrics store = instance.store->metrics();
  metrics->store_commits += store.commits;
  metrics->store_failed_commits += store.failed_commits;
  metrics->store_bytes += store.bytes;
  metrics->dead_letters += store.dead_letters;
}

}  // namespace gsoaprm::binding
