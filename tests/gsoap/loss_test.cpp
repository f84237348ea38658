// Generated client and server over loopback with a network between them that loses and repeats messages: each call is
// executed exactly once, in order, and gets its own reply.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>

#include "gsoap/support/test_client.h"
#include "gsoap/support/test_server.h"
#include "proxy/fault_proxy.h"

namespace gsoaprm::testing {
namespace {

using Numbers = std::vector<std::uint64_t>;

constexpr int kCalls = 1000;
constexpr int kThreads = 32;
constexpr soap_rm_protocol_version kVersions[] = {SOAP_RM_FEBRUARY_2005, SOAP_RM_11};

// 30 % of the requests are lost, 30 % of the responses to the others, and 5 % of what is left arrives twice.
proxy::Faults Losses(std::uint64_t seed) {
  proxy::Faults faults;
  faults.drop_request = 30;
  faults.drop_response = 0.30 * 70;
  faults.duplicate = 5;
  faults.seed = seed;
  return faults;
}

Numbers UpTo(int last) {
  Numbers numbers;
  for (int i = 1; i <= last; i++) numbers.push_back(static_cast<std::uint64_t>(i));
  return numbers;
}

// A server behind the lossy network that remembers the message numbers in the order of the operations.
class LossyServer {
 public:
  LossyServer(Serving serving, std::uint64_t seed)
      : server_(serving, &options_), network_(static_cast<std::uint16_t>(server_.port()), Losses(seed)) {
    server_.set_hook([this](struct soap* soap, const std::string&) {
      std::lock_guard<std::mutex> lock(mutex_);
      numbers_.push_back(soap_rm_message_number(soap));
      return SOAP_OK;
    });
  }
  std::string url() const { return UrlOf(network_.port()); }
  std::vector<std::string> lines() { return server_.executions().lines(); }
  Numbers numbers() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return numbers_;
  }
  void ExpectLosses(const std::string& whose) const {
    const proxy::Counts counts = network_.counts();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    std::cout << "  " + whose + ": " + std::to_string(elapsed.count()) + " s, " + proxy::Describe(counts) + "\n";
    EXPECT_GT(counts.dropped_requests, 0u);
    EXPECT_GT(counts.dropped_responses, 0u);
    EXPECT_GT(counts.duplicated, 0u);
  }

 private:
  const soap_rm_options options_ = TestOptions();
  TestServer server_;
  proxy::FaultProxy network_;
  mutable std::mutex mutex_;
  Numbers numbers_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Prints how long the test took.
class Stopwatch {
 public:
  ~Stopwatch() {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    std::cout << "  took " << elapsed.count() << " s\n";
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

using VersionTest = std::function<void(soap_rm_protocol_version)>;

// In both versions of the protocol, all beside each other, since such tests are mostly waiting.
void AtOnce(const std::vector<VersionTest>& tests) {
  const Stopwatch stopwatch;
  std::vector<std::thread> threads;
  for (const VersionTest& test : tests)
    for (const soap_rm_protocol_version version : kVersions) threads.emplace_back([&, version] { test(version); });
  for (std::thread& thread : threads) thread.join();
}

void InBothVersions(const VersionTest& test) { AtOnce({test}); }

void ExpectClosed(TestClient* client) { EXPECT_EQ(client->Close(), SOAP_OK) << client->Fault(); }

// Calls with n1 = first .. last.
void MakeCalls(TestClient* client, int first, int last) {
  for (int i = first; i <= last; i++) ASSERT_EQ(client->Add(i, 1000), SOAP_OK) << i << ": " << client->Fault();
}

std::vector<std::string> Sums(int last) {
  std::vector<std::string> lines;
  for (int i = 1; i <= last; i++) lines.push_back("Add " + std::to_string(i) + " 1000");
  return lines;
}

void ExpectCallsOfOneThread(soap_rm_protocol_version version) {
  LossyServer server(Serving::kThreaded, 1);
  TestClient client(server.url(), QuickOptions(version));
  MakeCalls(&client, 1, kCalls);
  ExpectClosed(&client);
  EXPECT_EQ(server.lines(), Sums(kCalls));
  EXPECT_EQ(server.numbers(), UpTo(kCalls));
  server.ExpectLosses("one thread");
}

void ExpectCallsOfManyThreads(soap_rm_protocol_version version) {
  LossyServer server(Serving::kThreaded, 2);
  TestClient client(server.url(), QuickOptions(version));
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; t++) {
    const int first = 1 + t * kCalls / kThreads, last = (t + 1) * kCalls / kThreads;
    threads.emplace_back([first, last, copy = client.Copy()] { MakeCalls(copy.get(), first, last); });
  }
  for (std::thread& thread : threads) thread.join();
  ExpectClosed(&client);
  EXPECT_EQ(server.numbers(), UpTo(kCalls));
  std::vector<std::string> executed = server.lines(), expected = Sums(kCalls);
  std::sort(executed.begin(), executed.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(executed, expected);
  server.ExpectLosses("many threads");
}

void ExpectNotes(soap_rm_protocol_version version) {
  LossyServer server(Serving::kThreaded, 3);
  soap_rm_options options = QuickOptions(version);
  options.session_shape = SOAP_RM_SHAPE_ONE_WAY;
  options.retransmission_maximum = 100;  // acknowledgements that come late make for longer time-outs than replies do
  TestClient client(server.url(), options);
  std::vector<std::string> expected;
  for (int i = 1; i <= kCalls; i++) {
    ASSERT_EQ(client.Note(i), SOAP_OK) << i << ": " << client.Fault();
    expected.push_back("Note " + std::to_string(i));
  }
  ExpectClosed(&client);
  EXPECT_EQ(server.lines(), expected);
  EXPECT_EQ(server.numbers(), UpTo(kCalls));
  server.ExpectLosses("notes");
}

TEST(Losses, AThousandCallsOfOneAndOfThirtyTwoThreadsAndAThousandNotesAreExecutedOnceEachAndInOrder) {
  AtOnce({ExpectCallsOfOneThread, ExpectCallsOfManyThreads, ExpectNotes});
}

TEST(Losses, FourClientsAtOnceOfAnIterativeServerGetTheirCallsExecutedOnceEach) {
  InBothVersions([](soap_rm_protocol_version version) {
    LossyServer server(Serving::kIterative, 4);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; t++) {
      threads.emplace_back([&server, t, version] {
        TestClient client(server.url(), QuickOptions(version));
        MakeCalls(&client, 1 + 50 * t, 50 + 50 * t);
        ExpectClosed(&client);
      });
    }
    for (std::thread& thread : threads) thread.join();
    std::vector<std::string> executed = server.lines(), expected = Sums(200);
    // Each client's own in their order.
    std::stable_sort(executed.begin(), executed.end(), [](const std::string& a, const std::string& b) {
      return (std::atoi(a.c_str() + 4) - 1) / 50 < (std::atoi(b.c_str() + 4) - 1) / 50;
    });
    EXPECT_EQ(executed, expected);
    server.ExpectLosses("four clients");
  });
}

TEST(Losses, CopiesThatReachAnIterativeServerOnOtherConnectionsAreNotExecutedAgain) {
  InBothVersions([](soap_rm_protocol_version version) {
    const soap_rm_options options = TestOptions();
    TestServer server(Serving::kIterative, &options);
    proxy::Faults faults;
    faults.duplicate = 50;
    proxy::FaultProxy network(static_cast<std::uint16_t>(server.port()), faults);
    TestClient client(UrlOf(network.port()), QuickOptions(version));
    MakeCalls(&client, 1, 100);
    ExpectClosed(&client);
    EXPECT_EQ(server.executions().lines(), Sums(100));
    EXPECT_GT(network.counts().duplicated, 20u);
    EXPECT_GT(server.Metrics().duplicates_suppressed, 10u);
  });
}

}  // namespace
}  // namespace gsoaprm::testing
