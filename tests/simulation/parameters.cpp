#include "tests/simulation/parameters.h"

#include <algorithm>
#include <cstdio>

#include "tests/support/chance.h"

namespace gsoaprm::simulation {
namespace {

using testing::Chance;

constexpr int kFewestCalls = 30;
constexpr int kMostCalls = 120;

template <class T>
T OneOf(Chance* chance, std::initializer_list<T> values) {
  return values.begin()[chance->Index(values.size())];
}

// Half of the runs have a fault, and each of these a rate of its own: what faults do alone shows as well.
double Rate(Chance* chance, double highest, double how_often = 0.5) {
  return chance->Happens(how_often) ? chance->Between(0.0, highest) : 0;
}

wire::Protocol DrawProtocol(Chance* chance) {
  wire::Protocol protocol;
  protocol.rm = OneOf(chance, {wire::RmVersion::kFebruary2005, wire::RmVersion::k11});
  protocol.soap = OneOf(chance, {wire::SoapVersion::k11, wire::SoapVersion::k12});
  protocol.addressing = OneOf(chance, {wire::AddressingVersion::k10, wire::AddressingVersion::k10,
                                       wire::AddressingVersion::k10, wire::AddressingVersion::kAugust2004});
  return protocol;
}

engine::Options DrawCommonOptions(Chance* chance) {
  engine::Options options;
  options.protocol = DrawProtocol(chance);
  options.ordered = chance->Happens(0.5);
  options.flow_control_enabled = chance->Happens(0.7);
  options.concurrency_mode = OneOf(chance, {engine::ConcurrencyMode::kSingle, engine::ConcurrencyMode::kMultiple});
  options.max_transfer_window_size = static_cast<int>(OneOf<std::int64_t>(chance, {8, chance->Number(1, 64)}));
  options.acknowledgement_ranges = static_cast<std::size_t>(OneOf<std::int64_t>(chance, {128, chance->Number(2, 128)}));
  options.inactivity_timeout = OneOf(chance, {Duration::Seconds(600), Duration::Seconds(60)});
  options.max_retry_count = OneOf(chance, {8, 8, 20});
  return options;
}

void MakePatient(engine::Options* options) {
  options->max_retry_count = 1000000;
  options->inactivity_timeout = Duration::Seconds(100000);
  options->open_timeout = options->send_timeout = options->close_timeout = Duration::Seconds(1000000);
}

void DrawOptions(Chance* chance, Parameters* p) {
  p->client_options = DrawCommonOptions(chance);
  if (p->patient) MakePatient(&p->client_options);
  p->client_options.shape = p->traffic == Traffic::kOneWay
                                ? engine::SessionShape::kOneWay
                                : OneOf(chance, {engine::SessionShape::kRequestReply, engine::SessionShape::kLearn});
  p->server_options = p->client_options;
  // Where a thread that waits gives up, also in runs in which clients never do.
  p->server_options.send_timeout = Duration::Seconds(60);
  // CreateSequence is known again for longer than its client sends it.
  if (p->patient) p->server_options.create_memory = p->client_options.open_timeout;
  if (chance->Happens(0.2)) p->server_options.max_transfer_window_size = static_cast<int>(chance->Number(1, 64));
  if (chance->Happens(0.1)) p->server_options.session_memory = static_cast<std::size_t>(chance->Number(1, 8)) * 1024;
}

void DrawFaults(Chance* chance, Parameters* p) {
  Faults& faults = p->faults;
  faults.request_loss = Rate(chance, 0.6);
  faults.response_loss = Rate(chance, 0.6);
  faults.duplication = Rate(chance, 0.5);
  faults.replay = Rate(chance, 0.1);
  faults.corruption = Rate(chance, 0.05);
  faults.black_hole = Rate(chance, 0.03, 0.3);
  faults.mixing_up = Rate(chance, 0.1, 0.3);
  faults.longest_hole = chance->Between(Duration::Seconds(1), Duration::Seconds(30));
  faults.longest_delay = OneOf(chance, {Duration::Milliseconds(1), Duration::Milliseconds(50), Duration::Seconds(2)});
  faults.hanging = OneOf(chance, {0.0, 0.5, 1.0});
  faults.hanging_time = OneOf(chance, {Duration::Seconds(5), Duration::Seconds(30), Duration::Seconds(1000000)});
  p->chaos = chance->Between(Duration::Seconds(10), Duration::Seconds(600));
}

void DrawClient(Chance* chance, Parameters* p) {
  ClientSide& client = p->client;
  client.callers = static_cast<int>(OneOf<std::int64_t>(chance, {1, chance->Number(2, 8), chance->Number(2, 64)}));
  client.calls = static_cast<int>(chance->Number(kFewestCalls, kMostCalls));
  client.sessions = OneOf(chance, {1, 1, 2, 3});
  client.longest_pause = OneOf(chance, {Duration(), Duration::Milliseconds(100), Duration::Seconds(2)});
  client.connections = static_cast<std::size_t>(OneOf(chance, {8, 8, 1, 2}));
  client.closes_at_once = chance->Happens(0.5);
  client.vanishing = p->patient ? 0 : Rate(chance, 0.5, 0.25);
  client.aborting = p->patient ? 0 : Rate(chance, 0.5, 0.25);
  if (chance->Happens(0.2)) client.idle_time = p->client_options.inactivity_timeout * 2;
}

void DrawServer(Chance* chance, Parameters* p) {
  ServerSide& server = p->server;
  server.threads = static_cast<int>(OneOf<std::int64_t>(chance, {1, chance->Number(2, 8), 1000}));
  server.dispatches_kept = chance->Happens(0.7);
  // All operations that can wait one after the other are far below the send time-out, so that in a sound network only
  // what is wrong makes a session die. Whoever sends one-way messages waits for none.
  const int most =
      p->traffic == Traffic::kRequestReply ? p->client.callers : p->client_options.max_transfer_window_size;
  const Duration longest = std::min(Duration::Seconds(3), Duration::Seconds(20) / most);
  server.longest_operation = OneOf(chance, {Duration(), Duration::Milliseconds(5), longest});
  server.longest_return = OneOf(chance, {Duration(), Duration::Milliseconds(50)});
  server.operation_fault = Rate(chance, 0.2, 0.3);
}

Durability DrawStore(Chance* chance) {
  Durability store;
  store.durable = true;
  store.crashes = static_cast<int>(OneOf<std::int64_t>(chance, {1, chance->Number(0, 5), chance->Number(0, 20)}));
  store.at_a_wait = chance->Between(0.0, 1.0);
  store.longest_pause = OneOf(chance, {Duration::Milliseconds(1), Duration::Seconds(1), Duration::Seconds(20)});
  store.stalls = chance->Happens(0.3) ? static_cast<int>(chance->Number(1, 3)) : 0;
  store.full = chance->Happens(0.3) ? static_cast<int>(chance->Number(1, 3)) : 0;
  store.longest_trouble = OneOf(chance, {Duration::Seconds(1), Duration::Seconds(30)});
  store.failed_commit = Rate(chance, 0.1, 0.4);
  store.reaching_the_disk = OneOf(chance, {0.0, 0.5, 1.0});
  return store;
}

// Of its own draws, so that all other runs are what they were before there were stores.
void DrawDurability(Parameters* p) {
  Chance chance(p->seed * 7 + 6);
  if (!chance.Happens(1.0 / 3)) return;
  const std::size_t sides = chance.Index(3);
  if (sides != 1) p->server_store = DrawStore(&chance);
  if (sides != 0) {
    p->client_store = DrawStore(&chance);
    p->client_options.durable = true;
    p->client_options.resend_after_loss = chance.Happens(0.3);
    p->client.vanishing = 0;  // which is what its crashes are
    p->client.idle_time = Duration();
  }
  p->server_options.delivery =
      OneOf(&chance, {engine::Delivery::kAtLeastOnce, engine::Delivery::kAtMostOnce, engine::Delivery::kExactlyOnce});
}

std::string Format(const char* format, double a, double b = 0, double c = 0, double d = 0) {
  char text[200];
  std::snprintf(text, sizeof text, format, a, b, c, d);
  return text;
}

double Seconds(Duration duration) { return static_cast<double>(duration.microseconds()) / 1e6; }

const char* Name(Traffic traffic) {
  switch (traffic) {
    case Traffic::kOneWay:
      return "one-way";
    case Traffic::kRequestReply:
      return "request-reply";
    case Traffic::kMixed:
      break;
  }
  return "mixed";
}

const char* Name(engine::Delivery delivery) {
  switch (delivery) {
    case engine::Delivery::kAtMostOnce:
      return "at most once";
    case engine::Delivery::kExactlyOnce:
      return "exactly once";
    case engine::Delivery::kAtLeastOnce:
      break;
  }
  return "at least once";
}

std::string Text(const Durability& store) {
  return ", " + std::to_string(store.crashes) + " crashes" +
         Format(", %.2f of them at a commit, pause %.3f s", store.at_a_wait, Seconds(store.longest_pause)) + ", " +
         std::to_string(store.stalls) + " times stalled and " + std::to_string(store.full) + " times full" +
         Format(" for %.0f s, failed commits %.3f, %.1f of them on the disk", Seconds(store.longest_trouble),
                store.failed_commit, store.reaching_the_disk);
}

}  // namespace

Parameters Draw(std::uint64_t seed) {
  Chance chance(seed);
  Parameters parameters;
  parameters.seed = seed;
  parameters.traffic = OneOf(&chance, {Traffic::kOneWay, Traffic::kRequestReply, Traffic::kMixed});
  parameters.patient = chance.Happens(0.4);
  DrawOptions(&chance, &parameters);
  DrawFaults(&chance, &parameters);
  DrawClient(&chance, &parameters);
  DrawServer(&chance, &parameters);
  if (chance.Happens(0.5)) {
    parameters.client_clock = chance.Number(900, 1100);
    parameters.server_clock = chance.Number(900, 1100);
  }
  DrawDurability(&parameters);
  return parameters;
}

std::vector<std::string> Describe(const Parameters& p) {
  const engine::Options& o = p.client_options;
  std::vector<std::string> lines;
  lines.push_back(
      "seed " + std::to_string(p.seed) +
      (o.protocol.rm == wire::RmVersion::k11 ? ", version 1.1" : ", version February 2005") +
      (o.protocol.soap == wire::SoapVersion::k11 ? ", SOAP 1.1" : ", SOAP 1.2") +
      (o.protocol.addressing == wire::AddressingVersion::k10 ? ", addressing 1.0, " : ", addressing August 2004, ") +
      Name(p.traffic) + (o.ordered ? ", ordered" : ", unordered") +
      (o.concurrency_mode == engine::ConcurrencyMode::kSingle ? ", one operation at a time"
                                                              : ", operations in parallel"));
  lines.push_back("window " + std::to_string(o.max_transfer_window_size) + " and " +
                  std::to_string(p.server_options.max_transfer_window_size) + ", ranges " +
                  std::to_string(o.acknowledgement_ranges) + (o.flow_control_enabled ? ", flow control" : "") +
                  ", server memory " + std::to_string(p.server_options.session_memory) + ", retries " +
                  std::to_string(o.max_retry_count) + ", inactivity " +
                  std::to_string(o.inactivity_timeout.milliseconds() / 1000) + " s" + (p.patient ? ", patient" : ""));
  const Faults& f = p.faults;
  lines.push_back(
      "chaos for " + Format("%.1f s", Seconds(p.chaos)) +
      Format(": loss %.2f and %.2f, duplication %.2f, replay %.2f", f.request_loss, f.response_loss, f.duplication,
             f.replay) +
      Format(", corruption %.3f, black holes %.3f of %.1f s, mixing up %.2f", f.corruption, f.black_hole,
             Seconds(f.longest_hole), f.mixing_up) +
      Format(", delay %.3f s, hanging %.1f for %.0f s", Seconds(f.longest_delay), f.hanging, Seconds(f.hanging_time)));
  const ClientSide& c = p.client;
  lines.push_back(std::to_string(c.calls) + " calls of " + std::to_string(c.callers) + " callers in " +
                  std::to_string(c.sessions) + " sessions over " + std::to_string(c.connections) + " connections" +
                  Format(", pause %.1f s, idle %.0f s", Seconds(c.longest_pause), Seconds(c.idle_time)) +
                  (c.closes_at_once ? ", closes at once" : "") +
                  Format(", vanishing %.2f, aborting %.2f", c.vanishing, c.aborting));
  const ServerSide& s = p.server;
  lines.push_back(std::to_string(s.threads) + " server threads" +
                  (s.dispatches_kept ? ", dispatching kept messages" : "") +
                  Format(", operation %.3f s and %.3f s, faults %.2f", Seconds(s.longest_operation),
                         Seconds(s.longest_return), s.operation_fault) +
                  Format(", clocks %.1f %% and %.1f %%", static_cast<double>(p.client_clock) / 10,
                         static_cast<double>(p.server_clock) / 10));
  if (p.server_store.durable)
    lines.push_back(std::string("server durable, delivery ") + Name(p.server_options.delivery) + Text(p.server_store));
  if (p.client_store.durable) {
    lines.push_back("client durable" +
                    std::string(p.client_options.resend_after_loss ? ", sends again after a loss" : "") +
                    Text(p.client_store));
  }
  return lines;
}

}  // namespace gsoaprm::simulation
