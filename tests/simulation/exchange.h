// One HTTP exchange of the client.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "engine/initiator_session.h"
#include "tests/simulation/virtual_time.h"

namespace gsoaprm::simulation {

class Exchange {
 public:
  using Finished = std::function<void(engine::ExchangeResult)>;
  Exchange(Timestamp begin, Finished finished) : begin_(begin), finished_(std::move(finished)) {}

  Timestamp begin() const { return begin_; }
  bool open() const { return finished_ != nullptr; }
  // What comes after the first end is nobody's.
  void Finish(engine::ExchangeResult result) {
    if (!finished_) return;
    const Finished finished = std::move(finished_);
    finished_ = nullptr;
    finished(std::move(result));
  }
  // Nobody waits for its end any more.
  void Forget() { finished_ = nullptr; }
  void Break(const char* reason) {
    engine::ExchangeResult result;
    result.reason = reason;
    Finish(std::move(result));
  }

 private:
  Timestamp begin_;
  Finished finished_;
};
using ExchangePointer = std::shared_ptr<Exchange>;

}  // namespace gsoaprm::simulation
