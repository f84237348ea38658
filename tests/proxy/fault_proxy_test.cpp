#include "proxy/fault_proxy.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <future>

namespace gsoaprm::proxy {
namespace {

// Answers each request with its content and the number of requests until then, on kept connections.
class EchoServer {
 public:
  EchoServer() : listener_(Listen(&port_)) {
    acceptor_ = std::thread([this] {
      while (true) {
        Descriptor socket = Accept(listener_, stop_);
        if (!socket.valid()) return;
        workers_.emplace_back(
            [this, socket = std::move(socket)]() mutable { Serve(Connection(std::move(socket), &stop_)); });
      }
    });
  }
  ~EchoServer() {
    stop_.Raise();
    acceptor_.join();
    for (std::thread& worker : workers_) worker.join();
  }
  uint16_t port() const { return port_; }
  std::vector<std::string> seen() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return seen_;
  }
  // Waits until so many requests have come.
  void WaitFor(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    came_.wait(lock, [&] { return seen_.size() >= count; });
  }

 private:
  void Serve(Connection connection) {
    HttpMessage request;
    while (connection.ReadRequest(&request)) {
      std::string answer = request.Content();
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        seen_.push_back(answer);
        answer += " " + std::to_string(seen_.size());
      }
      came_.notify_all();
      connection.Write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(answer.size()) + "\r\n\r\n" + answer);
    }
  }

  uint16_t port_ = 0;
  StopSignal stop_;
  Descriptor listener_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::string> seen_;
  std::vector<std::thread> workers_;
  std::thread acceptor_;
};

class Client {
 public:
  explicit Client(uint16_t port) : connection_(Connection::To("localhost", port, &stop_)) {}
  void Send(const std::string& content) {
    connection_.Write("POST / HTTP/1.1\r\nContent-Length: " + std::to_string(content.size()) + "\r\n\r\n" + content);
  }
  // "lost" when the connection ends instead.
  std::string Receive() {
    HttpMessage response;
    return connection_.ReadResponse(&response) ? response.Content() : "lost";
  }
  std::string Call(const std::string& content) {
    Send(content);
    return Receive();
  }
  std::string Get(const std::string& path) {
    connection_.Write("GET " + path + " HTTP/1.1\r\n\r\n");
    return Receive();
  }

 private:
  StopSignal stop_;
  Connection connection_;
};

Faults OneRule(Fault fault, const std::string& text) {
  Faults faults;
  Rule rule;
  rule.fault = fault;
  rule.text = text;
  faults.rules.push_back(rule);
  return faults;
}

using Strings = std::vector<std::string>;

TEST(FaultProxy, PassesMessagesOnOverKeptConnections) {
  EchoServer server;
  FaultProxy proxy(server.port());
  Client client(proxy.port());
  EXPECT_EQ(client.Call("a"), "a 1");
  EXPECT_EQ(client.Call("b"), "b 2");
  EXPECT_EQ(proxy.counts().requests, 2u);
}

TEST(FaultProxy, DropsARequestBeforeTheServerSeesIt) {
  EchoServer server;
  FaultProxy proxy(server.port(), OneRule(Fault::kDropRequest, "b"));
  EXPECT_EQ(Client(proxy.port()).Call("a"), "a 1");
  EXPECT_EQ(Client(proxy.port()).Call("b"), "lost");
  EXPECT_EQ(Client(proxy.port()).Call("b"), "b 2");
  EXPECT_EQ(server.seen(), (Strings{"a", "b"}));
  EXPECT_EQ(proxy.counts().dropped_requests, 1u);
}

TEST(FaultProxy, DropsAResponseAfterTheServerHasSeenTheRequest) {
  EchoServer server;
  FaultProxy proxy(server.port(), OneRule(Fault::kDropResponse, "a"));
  EXPECT_EQ(Client(proxy.port()).Call("a"), "lost");
  EXPECT_EQ(server.seen(), Strings{"a"});
  EXPECT_EQ(proxy.counts().dropped_responses, 1u);
}

TEST(FaultProxy, DeliversADuplicateAndRelaysTheFirstAnswer) {
  EchoServer server;
  FaultProxy proxy(server.port(), OneRule(Fault::kDuplicate, "a"));
  const std::string answer = Client(proxy.port()).Call("a");
  EXPECT_TRUE(answer == "a 1" || answer == "a 2") << answer;  // which of the two arrives first is the server's affair
  server.WaitFor(2);
  EXPECT_EQ(server.seen(), (Strings{"a", "a"}));
  EXPECT_EQ(proxy.counts().duplicated, 1u);
}

TEST(FaultProxy, DeliversADuplicateAndRelaysTheSecondAnswer) {
  EchoServer server;
  FaultProxy proxy(server.port(), OneRule(Fault::kDuplicateSecond, "a"));
  const std::string answer = Client(proxy.port()).Call("a");
  EXPECT_TRUE(answer == "a 1" || answer == "a 2") << answer;
  EXPECT_EQ(server.seen(), (Strings{"a", "a"}));
  EXPECT_EQ(proxy.counts().duplicated, 1u);
}

TEST(FaultProxy, HoldsARequestBackUntilAnotherHasPassed) {
  EchoServer server;
  Faults faults = OneRule(Fault::kReorder, "early");
  faults.reorder_milliseconds = 60000;
  FaultProxy proxy(server.port(), faults);
  Client early(proxy.port());
  early.Send("early");
  while (proxy.counts().requests == 0) std::this_thread::yield();
  EXPECT_EQ(Client(proxy.port()).Call("late"), "late 1");
  EXPECT_EQ(early.Receive(), "early 2");
  EXPECT_EQ(proxy.counts().reordered, 1u);
}

TEST(FaultProxy, SendsAHeldRequestWhenNoOtherComes) {
  EchoServer server;
  Faults faults = OneRule(Fault::kReorder, "a");
  faults.reorder_milliseconds = 1;
  FaultProxy proxy(server.port(), faults);
  EXPECT_EQ(Client(proxy.port()).Call("a"), "a 1");
}

TEST(FaultProxy, DelaysRequestsAndResponses) {
  EchoServer server;
  Faults faults = OneRule(Fault::kDelay, "a");
  faults.rules.push_back(OneRule(Fault::kDelayResponse, "b").rules[0]);
  faults.delay_milliseconds = 20;
  FaultProxy proxy(server.port(), faults);
  Client client(proxy.port());
  for (const char* content : {"a", "b"}) {
    const auto start = std::chrono::steady_clock::now();
    client.Call(content);
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(20));
  }
  EXPECT_EQ(proxy.counts().delayed, 2u);
}

TEST(FaultProxy, ResetsConnectionsBeforeAndAfterTheServer) {
  EchoServer server;
  Faults faults = OneRule(Fault::kReset, "a");
  faults.rules.push_back(OneRule(Fault::kResetResponse, "b").rules[0]);
  FaultProxy proxy(server.port(), faults);
  EXPECT_EQ(Client(proxy.port()).Call("a"), "lost");
  EXPECT_EQ(Client(proxy.port()).Call("b"), "lost");
  EXPECT_EQ(server.seen(), Strings{"b"});
  EXPECT_EQ(proxy.counts().reset, 2u);
}

TEST(FaultProxy, CutsARequestWhereItIsTold) {
  uint16_t port = 0;
  const Descriptor listener = Listen(&port);
  FaultProxy proxy(port);
  proxy.AddRule(Rule{Fault::kDropRequest, "whole", 1, 1, 0, 7});
  const StopSignal stop;
  Connection client = Connection::To("localhost", proxy.port(), &stop);
  ASSERT_TRUE(client.Write("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nwhole"));
  Descriptor server = Accept(listener, stop);
  char bytes[64];
  EXPECT_EQ(recv(server.get(), bytes, sizeof(bytes), MSG_WAITALL), 7);
  EXPECT_EQ(std::string(bytes, 7), "POST / ");
}

TEST(FaultProxy, CutsAResponseWhereItIsTold) {
  EchoServer server;
  FaultProxy proxy(server.port());
  proxy.AddRule(Rule{Fault::kDropResponse, "whole", 1, 1, 0, 9});
  const StopSignal stop;
  uint16_t port = proxy.port();
  Connection client = Connection::To("localhost", port, &stop);
  ASSERT_TRUE(client.Write("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nwhole"));
  HttpMessage answer;
  EXPECT_FALSE(client.ReadResponse(&answer));
  EXPECT_EQ(client.unread(), "HTTP/1.1 ");
}

TEST(FaultProxy, TellsItsCountsWithoutCountingTheQuestion) {
  EchoServer server;
  FaultProxy proxy(server.port());
  Client client(proxy.port());
  client.Call("a");
  EXPECT_EQ(client.Get("/__proxy/counts"),
            "requests=1 dropped_requests=0 dropped_responses=0 duplicated=0 delayed=0 reordered=0 reset=0\n");
  EXPECT_EQ(server.seen(), Strings{"a"});
}

TEST(FaultProxy, RecordsExchangesAlsoThoseThatWereLost) {
  EchoServer server;
  FaultProxy proxy(server.port(), OneRule(Fault::kDropResponse, "a"));
  proxy.Record();
  Client(proxy.port()).Call("a");
  const std::vector<Exchange> exchanges = proxy.exchanges();
  ASSERT_EQ(exchanges.size(), 1u);
  EXPECT_EQ(exchanges[0].request.Content(), "a");
  EXPECT_EQ(exchanges[0].response.Content(), "a 1");
  EXPECT_EQ(exchanges[0].fault, Fault::kDropResponse);
}

TEST(FaultProxy, TakesRulesWhileItRuns) {
  EchoServer server;
  FaultProxy proxy(server.port());
  EXPECT_EQ(Client(proxy.port()).Call("a"), "a 1");
  proxy.AddRule(OneRule(Fault::kDropRequest, "a").rules[0]);
  EXPECT_EQ(Client(proxy.port()).Call("a"), "lost");
}

TEST(FaultProxy, ClosesTheConnectionWhenThereIsNoServer) {
  uint16_t port = 0;
  Listen(&port).Close();
  FaultProxy proxy(port);
  EXPECT_EQ(Client(proxy.port()).Call("a"), "lost");
}

TEST(FaultProxy, StopsWhileARequestIsHeld) {
  EchoServer server;
  Faults faults = OneRule(Fault::kDelay, "a");
  faults.delay_milliseconds = 3600000;
  auto proxy = std::make_unique<FaultProxy>(server.port(), faults);
  Client client(proxy->port());
  client.Send("a");
  while (proxy->counts().requests == 0) std::this_thread::yield();
  proxy.reset();
  EXPECT_EQ(client.Receive(), "lost");
}

}  // namespace
}  // namespace gsoaprm::proxy
