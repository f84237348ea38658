// A network in virtual time: what is to happen stands in one queue; what gets lost, doubled or delayed comes from a
// seed.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "base/time.h"
#include "tests/support/agenda.h"
#include "tests/support/chance.h"

namespace gsoaprm::testing {

struct NetworkOptions {
  double request_loss = 0;
  double reply_loss = 0;
  Timestamp request_loss_after = Timestamp::Never();  // from then on nothing arrives
  double duplication = 0;                             // of requests
  double mixing_up = 0;  // replies given to another's request, as a broken intermediary might
  Duration shortest_delay = Duration::Milliseconds(1);
  Duration longest_delay = Duration::Milliseconds(1);  // a wide span reorders
};

class PairNetwork {
 public:
  PairNetwork(const NetworkOptions& options, std::uint64_t seed) : options_(options), chance_(seed) {}

  bool LosesRequest(Timestamp now) {
    return now >= options_.request_loss_after || chance_.Happens(options_.request_loss);
  }
  bool LosesReply() { return chance_.Happens(options_.reply_loss); }
  bool MixesUp() { return chance_.Happens(options_.mixing_up); }
  bool Duplicates() { return chance_.Happens(options_.duplication); }
  Duration Delay() { return Between(options_.shortest_delay, options_.longest_delay); }
  Duration Between(Duration shortest, Duration longest) { return chance_.Between(shortest, longest); }

  void At(Timestamp time, std::function<void()> action) { agenda_.At(time, std::move(action)); }
  Timestamp Next() const { return agenda_.Next(); }
  // Takes out the action that is due first.
  std::function<void()> Take() { return agenda_.Take(); }

 private:
  NetworkOptions options_;
  Chance chance_;
  Agenda agenda_;
};

}  // namespace gsoaprm::testing
