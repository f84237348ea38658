#include "tests/simulation/client_program.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace gsoaprm::simulation {

using engine::CallKind;

namespace {

// What the application is to call.
std::vector<Call> DrawCalls(const Parameters& parameters, testing::Chance* chance) {
  std::vector<Call> calls;
  for (int id = 1; id <= parameters.client.calls; ++id) {
    Call call;
    call.id = id;
    call.two_way =
        parameters.traffic == Traffic::kRequestReply || (parameters.traffic == Traffic::kMixed && chance->Happens(0.5));
    // What is not known yet carries MessageID and ReplyTo, whether the operation answers or not.
    const bool known = chance->Happens(0.5);
    call.kind = !known ? CallKind::kUnknown : call.two_way ? CallKind::kTwoWay : CallKind::kOneWay;
    calls.push_back(call);
  }
  return calls;
}

}  // namespace

ClientProgram::ClientProgram(const Parameters& parameters, World* world, Network* network, Oracle* oracle, Tally* tally)
    : parameters_(parameters),
      world_(*world),
      network_(*network),
      oracle_(*oracle),
      tally_(*tally),
      chance_(parameters.seed * 7 + 1),
      ids_(parameters.seed * 7 + 2),
      next_opening_(world->now),
      idle_callers_(parameters.client.callers) {
  oracle->calls() = DrawCalls(parameters, &chance_);
}

void ClientProgram::CountSession(const session::ClientSession& session) {
  const engine::InitiatorMetrics metrics = session.metrics().messages;
  tally_[Event::kKeepAlive] += metrics.keep_alives;
  tally_[Event::kCollection] += metrics.collections;
}

int ClientProgram::Available() const {
  return world_.chaos() ? parameters_.client.calls * 7 / 10 : parameters_.client.calls;
}

int ClientProgram::Quota() const {
  return part_ + 1 >= parameters_.client.sessions
             ? parameters_.client.calls
             : parameters_.client.calls * (part_ + 1) / parameters_.client.sessions;
}

int ClientProgram::NextCall() const {
  if (!again_.empty()) return again_.front();
  return begun_ < std::min(Available(), Quota()) ? begun_ + 1 : 0;
}

void ClientProgram::TakeNextCall() {
  if (again_.empty()) {
    ++begun_;
  } else {
    again_.pop_front();
  }
}

void ClientProgram::FreeCaller() {
  if (parameters_.client.longest_pause == Duration()) {
    ++idle_callers_;
    return;
  }
  In(chance_.Between(Duration(), parameters_.client.longest_pause), [this] { ++idle_callers_; });
}

}  // namespace gsoaprm::simulation
