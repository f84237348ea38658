// fork() in a process with a reliable session: the child is told, touches nothing of it and never hangs; the parent
// goes on.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gsoap/client_service.h"
#include "gsoap/support/test_client.h"
#include "gsoap/support/test_server.h"

namespace gsoaprm::testing {
namespace {

using wire::RmAction;

constexpr unsigned kSecondsForAChild = 20;

// What `work` returns in a child of this process, or how the child ended that did not come to it.
std::string InChild(const std::function<std::string()>& work) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    alarm(kSecondsForAChild);
    const std::string said = work();
    // Neither the output that is still buffered nor the objects of threads that are not here are the child's.
    _exit(write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string said;
  char buffer[1024];
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;) said.append(buffer, static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  if (WIFSIGNALED(status)) return "the child ended by signal " + std::to_string(WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? said : "the child failed";
}

std::string Told(TestClient* client, int error, const char* what) {
  const soap_rm_error told = client->Error();
  if (error == SOAP_RM_ERROR && client->get()->error == SOAP_RM_ERROR && std::string(told.code) == "AfterFork" &&
      told.outcome == SOAP_RM_NOT_SENT && client->Fault().find("fork()") != std::string::npos)
    return "";
  return std::string(what) + " returned " + std::to_string(error) + ": " + client->Fault() + "\n";
}

// Everything that a program can ask of a client.
std::string AskEverything(TestClient* client) {
  std::string said;
  said += Told(client, client->Add(1, 2), "Add");
  said += Told(client, client->Note(1), "Note");
  said += Told(client, client->Open(), "soap_rm_open");
  said += Told(client, client->Flush(), "soap_rm_flush");
  said += Told(client, soap_rm_abort(client->get(), nullptr), "soap_rm_abort");
  said += Told(client, soap_rm_reopen(client->get(), nullptr), "soap_rm_reopen");
  said += Told(client, client->Close(), "soap_rm_close");
  struct soap_rm_metrics metrics {};
  metrics.size = sizeof metrics;
  said += Told(client, soap_rm_get_metrics(client->get(), &metrics), "soap_rm_get_metrics");
  if (client->State() != SOAP_RM_CREATED) said += "there is a session";
  return said;
}

TEST(AfterFork, TheChildIsToldAndTheParentGoesOn) {
  ClientService service;
  auto client = std::make_unique<TestClient>(service.url(), QuickOptions(SOAP_RM_11));
  EXPECT_EQ(client->Add(1, 2), SOAP_OK) << client->Fault();
  const int connections = service.connections();
  EXPECT_EQ(InChild([&] {
              std::string said = AskEverything(client.get());
              client.reset();
              return said;
            }),
            "");
  EXPECT_EQ(service.connections(), connections) << "the child did not even connect";
  EXPECT_EQ(client->Add(3, 4), SOAP_OK) << client->Fault();
  EXPECT_EQ(client->Close(), SOAP_OK) << client->Fault();
  EXPECT_EQ(service.requests(RmAction::kNone).size(), 2u);
  EXPECT_EQ(service.requests().size(), 5u) << "CreateSequence, two calls, CloseSequence, TerminateSequence";
}

TEST(AfterFork, TheChildIsToldThatTheAnswerIsTheParents) {
  ClientService service;
  TestClient client(service.url(), QuickOptions(SOAP_RM_11));
  EXPECT_EQ(client.SendAdd(1, 2), SOAP_OK) << client.Fault();
  EXPECT_EQ(InChild([&] {
              double sum = 0;
              return Told(&client, client.ReceiveSum(&sum), "recv_Add");
            }),
            "");
  double sum = 0;
  EXPECT_EQ(client.ReceiveSum(&sum), SOAP_OK) << client.Fault();
  EXPECT_EQ(sum, 3);
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_EQ(service.requests(RmAction::kNone).size(), 1u);
}

TEST(AfterFork, TheChildOfABusyProcessDoesNotHang) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP()
      << "AddressSanitizer's allocator is not made for fork(): the child inherits the locks that busy threads hold";
#endif
  ClientService service;
  soap_rm_options options = QuickOptions(SOAP_RM_11);
  options.ordered = 0;
  TestClient client(service.url(), options);
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  auto other = client.Copy();
  std::atomic<bool> enough{false};
  std::atomic<int> calls{1};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; t++) {
    threads.emplace_back([&, copy = client.Copy()] {
      for (; !enough; ++calls) EXPECT_EQ(copy->Add(1, calls), SOAP_OK) << copy->Fault();
    });
  }
  for (int i = 0; i < 20 && !HasFailure(); i++) {
    EXPECT_EQ(InChild([&] {
                std::string said = AskEverything(&client) + AskEverything(other.get());
                other.reset();
                return said;
              }),
              "");
  }
  enough = true;
  for (std::thread& thread : threads) thread.join();
  other.reset();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Metrics().messages_sent, static_cast<std::uint64_t>(calls));
}

// A plugin of the application that can be held up in copying a context, which it is asked to while locks are held.
class SlowToCopy {
 public:
  static int Register(struct soap*, struct soap_plugin* plugin, void* self) {
    plugin->id = "slow-to-copy";
    plugin->data = self;
    plugin->fcopy = [](struct soap*, struct soap_plugin* destination, struct soap_plugin* source) {
      destination->data = source->data;
      auto* const slow = static_cast<SlowToCopy*>(source->data);
      if (slow->holds) {
        slow->held.Open();
        slow->release.Wait();
      }
      return static_cast<int>(SOAP_OK);
    };
    plugin->fdelete = [](struct soap*, struct soap_plugin*) {};
    return SOAP_OK;
  }
  std::atomic<bool> holds{false};
  Gate held, release;
};

TEST(AfterFork, TheChildDoesNotWaitForALockThatAThreadOfTheParentHolds) {
  SlowToCopy slow;
  ClientService service;
  auto client = std::make_unique<TestClient>(service.url(), QuickOptions(SOAP_RM_11));
  EXPECT_EQ(soap_register_plugin_arg(client->get(), SlowToCopy::Register, &slow), SOAP_OK);
  EXPECT_EQ(client->Add(1, 2), SOAP_OK) << client->Fault();
  auto copy = client->Copy();
  slow.holds = true;
  // Other settings want another carrier, which is copied of the context.
  std::thread thread([&] {
    copy->get()->recv_timeout = 77;
    EXPECT_EQ(copy->Add(3, 4), SOAP_OK) << copy->Fault();
  });
  EXPECT_TRUE(slow.held.Wait());
  EXPECT_EQ(InChild([&] {
              slow.holds = false;
              std::string said = AskEverything(client.get());
              client.reset();
              return said;
            }),
            "");
  slow.holds = false;
  slow.release.Open();
  thread.join();
  copy.reset();
  EXPECT_EQ(client->Close(), SOAP_OK) << client->Fault();
  EXPECT_EQ(service.requests().size(), 5u);
}

TEST(AfterFork, TheChildMayRegisterAContextOfItsOwn) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer lets no child of a process with threads start threads";
#endif
  ClientService service, service_of_the_child;
  TestClient client(service.url(), QuickOptions(SOAP_RM_11));
  EXPECT_EQ(client.Add(1, 2), SOAP_OK) << client.Fault();
  EXPECT_EQ(InChild([&]() -> std::string {
              TestClient own(service_of_the_child.url(), QuickOptions(SOAP_RM_11));
              if (own.Add(3, 4) != SOAP_OK || own.Close() != SOAP_OK) return own.Fault();
              return Told(&client, client.Add(5, 6), "Add on the parent's context");
            }),
            "");
  EXPECT_EQ(client.Add(7, 8), SOAP_OK) << client.Fault();
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
  EXPECT_EQ(service.requests(RmAction::kNone).size(), 2u);
  EXPECT_EQ(service_of_the_child.requests().size(), 4u);
}

}  // namespace
}  // namespace gsoaprm::testing
