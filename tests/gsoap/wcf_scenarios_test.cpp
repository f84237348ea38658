// The scenarios by which WCF tests its reliable sessions, rebuilt with generated clients and servers: EchoCall,
// OneWayCall, ResendFailedRequest, RetryCountApplied, MaxTransferWindowSizeApplied, InactivityTimeoutApplied.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "gsoap/support/raw_http.h"
#include "gsoap/support/test_client.h"
#include "gsoap/support/test_server.h"
#include "proxy/fault_proxy.h"

namespace gsoaprm::testing {
namespace {

using Lines = std::vector<std::string>;
using States = std::vector<soap_rm_state>;

// Rules of the network: for messages of the application.
proxy::Faults ForCalls(proxy::Fault fault, int times, const char* action = "ICalculator/Add", int milliseconds = 0) {
  proxy::Faults faults;
  proxy::Rule rule;
  rule.fault = fault;
  rule.text = action;
  rule.times = times;
  rule.milliseconds = milliseconds;
  faults.rules.push_back(rule);
  return faults;
}

int CountOf(const proxy::FaultProxy& network, const std::string& text) {
  const auto exchanges = network.exchanges();
  return static_cast<int>(std::count_if(exchanges.begin(), exchanges.end(), [&](const proxy::Exchange& exchange) {
    return exchange.request.bytes.find(text) != std::string::npos;
  }));
}

class WcfScenario : public ::testing::TestWithParam<soap_rm_protocol_version> {
 protected:
  soap_rm_options Options() { return QuickOptions(GetParam()); }
  wire::RmVersion RawVersion() const {
    return GetParam() == SOAP_RM_11 ? wire::RmVersion::k11 : wire::RmVersion::kFebruary2005;
  }
  static std::uint16_t Port(const TestServer& server) { return static_cast<std::uint16_t>(server.port()); }
  const soap_rm_options server_options_ = TestOptions();
};

INSTANTIATE_TEST_SUITE_P(Versions, WcfScenario, ::testing::Values(SOAP_RM_FEBRUARY_2005, SOAP_RM_11),
                         [](const auto& p) { return p.param == SOAP_RM_11 ? "Rm11" : "Rm2005"; });

TEST_P(WcfScenario, EchoCall) {
  TestServer server(Serving::kThreaded, &server_options_);
  StateLog states;
  soap_rm_options options = Options();
  states.Watch(&options);
  TestClient client(server.url(), options);
  for (int i = 1; i <= 5; i++) EXPECT_EQ(client.Add(i, 1), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.State(), SOAP_RM_OPENED);
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_EQ(server.executions().lines(), (Lines{"Add 1 1", "Add 2 1", "Add 3 1", "Add 4 1", "Add 5 1"}));
  EXPECT_TRUE(states.WaitFor(SOAP_RM_CLOSED));
  EXPECT_EQ(states.states(), (States{SOAP_RM_OPENING, SOAP_RM_OPENED, SOAP_RM_CLOSING, SOAP_RM_CLOSED}));
}

TEST_P(WcfScenario, OneWayCall) {
  TestServer server(Serving::kThreaded, &server_options_);
  soap_rm_options options = Options();
  options.session_shape = SOAP_RM_SHAPE_ONE_WAY;
  TestClient client(server.url(), options);
  for (int i = 1; i <= 5; i++) EXPECT_EQ(client.Note(i), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_EQ(server.executions().lines(), (Lines{"Note 1", "Note 2", "Note 3", "Note 4", "Note 5"}));
}

TEST_P(WcfScenario, ResendFailedRequest) {
  for (const proxy::Fault fault :
       {proxy::Fault::kDropRequest, proxy::Fault::kDropResponse, proxy::Fault::kReset, proxy::Fault::kResetResponse}) {
    TestServer server(Serving::kThreaded, &server_options_);
    proxy::FaultProxy network(Port(server), ForCalls(fault, 1));
    TestClient client(UrlOf(network.port()), Options());
    EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
    // CreateSequence, the request that failed, the request.
    EXPECT_EQ(network.counts().requests, 3u);
    EXPECT_EQ(client.Metrics().retransmissions, 1u);
    EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
    EXPECT_EQ(server.executions().lines(), Lines{"Add 1 2"});
  }
}

TEST_P(WcfScenario, ResendFailedRequestWhoseResponseIsHeldBack) {
  TestServer server(Serving::kThreaded, &server_options_);
  // Longer than the test: the response of the second sending comes first.
  proxy::FaultProxy network(Port(server), ForCalls(proxy::Fault::kDelayResponse, 1, "ICalculator/Add", 60000));
  TestClient client(UrlOf(network.port()), Options());
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  EXPECT_EQ(network.counts().requests, 3u);
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_EQ(server.executions().lines(), Lines{"Add 1 2"});
}

TEST_P(WcfScenario, ResendFailedOneWayMessage) {
  TestServer server(Serving::kThreaded, &server_options_);
  proxy::FaultProxy network(Port(server), ForCalls(proxy::Fault::kDropRequest, 1, "INotes/Note"));
  soap_rm_options options = Options();
  options.session_shape = SOAP_RM_SHAPE_ONE_WAY;
  TestClient client(UrlOf(network.port()), options);
  EXPECT_EQ(client.Note(1), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Flush(), SOAP_OK) << client.Fault();
  EXPECT_EQ(network.counts().requests, 3u);
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_EQ(server.executions().lines(), Lines{"Note 1"});
}

TEST_P(WcfScenario, RetryCountAppliedJustReached) {
  for (const int count : {1, 3}) {
    for (const int losses : {count - 1, count}) {
      TestServer server(Serving::kThreaded, &server_options_);
      proxy::FaultProxy network(Port(server), ForCalls(proxy::Fault::kDropRequest, losses));
      soap_rm_options options = Options();
      options.max_retry_count = count;
      TestClient client(UrlOf(network.port()), options);
      EXPECT_EQ(client.Add(1, 2), SOAP_OK) << count << " " << losses << client.Fault();
      EXPECT_EQ(client.Metrics().retransmissions, static_cast<std::uint64_t>(losses));
      EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
    }
  }
}

TEST_P(WcfScenario, RetryCountApplied) {
  for (const int count : {1, 3}) {
    TestServer server(Serving::kThreaded, &server_options_);
    proxy::FaultProxy network(Port(server), ForCalls(proxy::Fault::kDropRequest, 1000));
    network.Record();
    StateLog states;
    soap_rm_options options = Options();
    options.max_retry_count = count;
    states.Watch(&options);
    TestClient client(UrlOf(network.port()), options);
    EXPECT_EQ(client.Add(1, 2), SOAP_RM_ERROR);
    EXPECT_STREQ(client.Error().code, "MaxRetryCount");
    EXPECT_EQ(client.Error().error_class, SOAP_RM_SEQUENCE_DEAD);
    EXPECT_EQ(client.Error().outcome, SOAP_RM_UNKNOWN);
    EXPECT_EQ(client.State(), SOAP_RM_FAULTED);
    ASSERT_TRUE(states.WaitFor(SOAP_RM_FAULTED));
    EXPECT_EQ(states.Faulted().code, "MaxRetryCount");
    EXPECT_EQ(states.Faulted().unacknowledged, std::vector<std::uint64_t>{1});
    EXPECT_EQ(CountOf(network, "ICalculator/Add"), count + 1);
    EXPECT_TRUE(server.executions().lines().empty());
    EXPECT_EQ(client.Add(3, 4), SOAP_RM_ERROR);
    EXPECT_EQ(client.Error().outcome, SOAP_RM_NOT_SENT);
  }
}

// Lets the operations of a session go on in groups of a size, and knows how many were under way at most.
class Groups {
 public:
  explicit Groups(int size) : size_(size) {}
  int Enter() {
    std::unique_lock<std::mutex> lock(mutex_);
    most_ = std::max(most_, ++under_way_);
    const int group = entered_++ / size_;
    changed_.notify_all();
    const bool whole =
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return entered_ >= (group + 1) * size_; });
    --under_way_;
    return whole ? SOAP_OK : SOAP_ERR;
  }
  int most() {
    std::lock_guard<std::mutex> lock(mutex_);
    return most_;
  }

 private:
  const int size_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int under_way_ = 0, entered_ = 0, most_ = 0;
};

void MaxTransferWindowSize(soap_rm_options client_options, int window, int callers, int expected) {
  soap_rm_options server_options = TestOptions();
  server_options.ordered = 0;
  server_options.concurrency_mode = SOAP_RM_CONCURRENCY_MULTIPLE;
  Groups groups(expected);
  TestServer server(Serving::kThreaded, &server_options);
  server.set_hook([&](struct soap*, const std::string& line) {
    return line.rfind("Add 0", 0) == 0 ? static_cast<int>(SOAP_OK) : groups.Enter();
  });
  client_options.ordered = 0;
  client_options.max_transfer_window_size = window;
  client_options.retransmission_minimum = 400;
  client_options.retransmission_maximum = 4000;
  TestClient client(server.url(), client_options);
  // WCF begins with a window of one message and widens it with every acknowledgement.
  for (int i = 0; i < 20; i++) ASSERT_EQ(client.Add(0, 1), SOAP_OK) << client.Fault();
  const int calls = 20 * expected;
  std::atomic<int> made{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < callers; t++) {
    threads.emplace_back([&made, calls, copy = client.Copy()] {
      for (int i = ++made; i <= calls; i = ++made) EXPECT_EQ(copy->Add(i, 1), SOAP_OK) << copy->Fault();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(groups.most(), expected);
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_EQ(server.executions().lines().size(), static_cast<std::size_t>(20 + calls));
}

TEST_P(WcfScenario, MaxTransferWindowSizeAppliedWithOneCallerLess) { MaxTransferWindowSize(Options(), 4, 3, 3); }
TEST_P(WcfScenario, MaxTransferWindowSizeAppliedWithAsManyCallers) { MaxTransferWindowSize(Options(), 4, 4, 4); }
TEST_P(WcfScenario, MaxTransferWindowSizeAppliedWithOneCallerMore) { MaxTransferWindowSize(Options(), 4, 5, 4); }

TEST_P(WcfScenario, InactivityTimeoutAppliedAtTheClient) {
  TestServer server(Serving::kThreaded, &server_options_);
  proxy::FaultProxy network(Port(server));
  StateLog states;
  soap_rm_options options = Options();
  options.inactivity_timeout = 100;
  states.Watch(&options);
  TestClient client(UrlOf(network.port()), options);
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  proxy::Rule silence;
  silence.fault = proxy::Fault::kDropRequest;
  silence.text = "POST";
  silence.times = 1000;
  network.AddRule(silence);
  ASSERT_TRUE(states.WaitFor(SOAP_RM_FAULTED));
  EXPECT_EQ(states.Faulted().code, "InactivityTimeout");
  EXPECT_TRUE(states.Faulted().unacknowledged.empty());
  EXPECT_GE(client.Metrics().keep_alives, 1u);
  EXPECT_EQ(client.Add(3, 4), SOAP_RM_ERROR);
  EXPECT_STREQ(client.Error().code, "InactivityTimeout");
  EXPECT_EQ(client.Error().outcome, SOAP_RM_NOT_SENT);
}

TEST_P(WcfScenario, InactivityTimeoutAppliedAtTheServer) {
  static Gate* destroyed;
  Gate gate;
  destroyed = &gate;
  soap_rm_options options = TestOptions();
  options.inactivity_timeout = 50;
  TestServer server(Serving::kThreaded, &options);
  server.set_hook([](struct soap* soap, const std::string&) {
    static int state = 0;
    return soap_rm_set_session_user(soap, &state, [](void*) { destroyed->Open(); });
  });
  RawSession session(RawVersion(), true);
  session.Created(RawConnection(server.port()).Exchange(session.Create()));
  // A connection of its own each, so that no context holds on to the session.
  EXPECT_EQ(RawConnection(server.port()).Exchange(session.Message(1, kAddAction, AddBody(1, 2), true)).status, 200);
  ASSERT_TRUE(gate.Wait());
  const HttpAnswer late = RawConnection(server.port()).Exchange(session.Message(2, kAddAction, AddBody(3, 4), true));
  EXPECT_EQ(late.status, 500);
  ASSERT_NE(late.Envelope().fault(), nullptr) << late.body;
  EXPECT_EQ(late.Envelope().fault()->code, wire::FaultCode::kUnknownSequence);
  EXPECT_EQ(server.executions().lines(), Lines{"Add 1 2"});
  EXPECT_EQ(server.Metrics().open_sessions, 0u);
}

TEST_P(WcfScenario, KeepAlivesKeepBothSidesFromInactivity) {
  TraceLog trace;
  soap_rm_options server_options = TestOptions();
  server_options.inactivity_timeout = 400;
  TestServer server(Serving::kThreaded, &server_options);
  soap_rm_options options = Options();
  options.inactivity_timeout = 400;
  trace.Watch(&options);
  TestClient client(server.url(), options);
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  // Half of the time-out each: four of them outlast it on both sides.
  ASSERT_TRUE(trace.WaitFor(" AckRequested ", 4));
  EXPECT_EQ(client.Add(3, 4), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
}

}  // namespace
}  // namespace gsoaprm::testing
