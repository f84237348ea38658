// Sessions that survive their programs, over loopback: a server or a client goes, another one comes with the same
// store.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <thread>

#include "gsoap/support/options.h"
#include "gsoap/support/test_client.h"
#include "gsoap/support/test_server.h"

namespace gsoaprm::testing {
namespace {

using Lines = std::vector<std::string>;

class Durable : public ::testing::TestWithParam<soap_rm_protocol_version> {
 protected:
  Durable() : folder_(::testing::TempDir() + "durable-XXXXXX") { EXPECT_NE(mkdtemp(folder_.data()), nullptr); }
  ~Durable() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  soap_rm_options Options() const {
    soap_rm_options options = QuickOptions(GetParam());
    options.handshake_retry_interval = 50;
    options.automatic_close_timeout = 2000;
    return options;
  }
  soap_rm_options WithStore(const std::string& name) const {
    soap_rm_options options = Options();
    std::snprintf(options.store, sizeof options.store, "sqlite:%s", Path(name).c_str());
    return options;
  }
  soap_rm_options ForNotes(const std::string& name) const {
    soap_rm_options options = WithStore(name);
    options.session_shape = SOAP_RM_SHAPE_ONE_WAY;
    return options;
  }
  // A server at the port where the one before it was.
  std::unique_ptr<TestServer> Start(const soap_rm_options& options, Serving serving = Serving::kThreaded) {
    auto server = std::make_unique<TestServer>(serving, &options, SOAP_IO_KEEPALIVE, port_);
    port_ = server->port();
    return server;
  }
  std::string url() const { return UrlOf(port_); }

 private:
  std::string folder_;
  int port_ = 0;
};

std::string Refusal(soap_rm_options options) {
  struct soap* const soap = soap_new();
  std::string text;
  if (soap_register_plugin_arg(soap, soap_rm, &options) != SOAP_OK) {
    char fault[1024] = "";
    soap_sprint_fault(soap, fault, sizeof fault);
    text = fault;
  }
  soap_destroy(soap);
  soap_end(soap);
  soap_free(soap);
  return text;
}

TEST_P(Durable, AServerThatIsStartedAgainGoesOnWithTheSessionsOfItsClients) {
  for (const Serving serving : {Serving::kThreaded, Serving::kIterative, Serving::kByHand}) {
    const soap_rm_options durable = WithStore("server" + std::to_string(static_cast<int>(serving)));
    auto server = Start(durable, serving);
    StateLog states;
    soap_rm_options options = Options();
    states.Watch(&options);
    TestClient client(url(), options);
    EXPECT_EQ(client.Sum(1, 2), 3);
    EXPECT_EQ(client.Sum(2, 2), 4);
    const Lines before = server->executions().lines();
    server.reset();
    server = Start(durable, serving);
    EXPECT_EQ(client.Sum(3, 2), 5);
    EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
    EXPECT_EQ(before, (Lines{"Add 1 2", "Add 2 2"}));
    EXPECT_EQ(server->executions().lines(), (Lines{"Add 3 2"}));
    EXPECT_EQ(client.Metrics().sessions_opened, 1u);
    EXPECT_EQ(client.Metrics().sessions_faulted, 0u);
  }
}

TEST_P(Durable, AReplyThatWasLostWithTheServerIsSentAgainByTheNextOne) {
  const soap_rm_options durable = WithStore("server");
  auto server = Start(durable);
  TestClient client(url(), Options());
  EXPECT_EQ(client.Sum(1, 1), 2);
  // Executed and durable; the connection ends before the answer leaves.
  auto* const going = server.get();
  Gate executed;
  going->set_hook([&](struct soap* soap, const std::string&) {
    executed.Open();
    shutdown(soap->socket, SHUT_RDWR);
    return SOAP_OK;
  });
  double sum = 0;
  std::thread caller([&] { sum = client.Sum(2, 3); });
  EXPECT_TRUE(executed.Wait());
  server.reset();
  server = Start(durable);
  caller.join();
  EXPECT_EQ(sum, 5);
  EXPECT_EQ(server->executions().lines(), Lines());
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
}

TEST_P(Durable, NotesAreTakenWhileTheServiceIsAwayAndGoOutInOrderFromTheNextProcess) {
  Start(Options()).reset();  // only to have a port
  {
    TestClient client(url(), ForNotes("client"));
    for (int id = 1; id <= 20; ++id) EXPECT_EQ(client.Note(id), SOAP_OK) << client.Fault();
    EXPECT_NE(client.Flush(1), SOAP_OK);
  }
  const auto server = Start(Options());
  TestClient client(url(), ForNotes("client"));
  EXPECT_EQ(soap_rm_resume(client.get(), nullptr), SOAP_OK);
  EXPECT_EQ(client.Note(21), SOAP_OK);
  EXPECT_EQ(client.Flush(), SOAP_OK) << client.Fault();
  Lines expected;
  for (int id = 1; id <= 21; ++id) expected.push_back("Note " + std::to_string(id));
  EXPECT_TRUE(server->executions().WaitFor(expected.size()));  // what is acknowledged may have to wait for its turn
  EXPECT_EQ(server->executions().lines(), expected);
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
}

TEST_P(Durable, AClientThatIsStartedAgainGoesOnWithItsSession) {
  const soap_rm_options durable = WithStore("server");
  auto server = Start(durable);
  const soap_rm_options options = ForNotes("client");
  std::string first, second;
  {
    server->set_hook([&](struct soap* soap, const std::string&) {
      first = soap_rm_session_id(soap);
      return SOAP_OK;
    });
    TestClient client(url(), options);
    EXPECT_EQ(client.Note(1), SOAP_OK);
    EXPECT_EQ(client.Flush(), SOAP_OK);
    server.reset();
    EXPECT_EQ(client.Note(2), SOAP_OK);  // is not acknowledged: the session is not closed when the program ends
  }
  server = Start(durable);
  server->set_hook([&](struct soap* soap, const std::string&) {
    second = soap_rm_session_id(soap);
    return SOAP_OK;
  });
  TestClient client(url(), options);
  EXPECT_EQ(client.Note(3), SOAP_OK);
  EXPECT_EQ(client.Flush(), SOAP_OK) << client.Fault();
  EXPECT_TRUE(server->executions().WaitFor(2));
  EXPECT_EQ(server->executions().lines(), (Lines{"Note 2", "Note 3"}));
  EXPECT_EQ(first, second);
  EXPECT_EQ(client.Close(), SOAP_OK) << client.Fault();
}

TEST_P(Durable, WhatTheServiceHasForgottenBecomesADeadLetterOrIsSentAgain) {
  for (const bool resend : {false, true}) {
    auto server = Start(Options());
    soap_rm_options options = ForNotes(resend ? "resending" : "burying");
    options.after_session_loss = resend ? SOAP_RM_LOSS_RESEND : SOAP_RM_LOSS_DEAD_LETTER;
    options.reopen_after_fault = 1;
    StateLog states;
    states.Watch(&options);
    TestClient client(url(), options);
    EXPECT_EQ(client.Note(1), SOAP_OK);
    EXPECT_EQ(client.Flush(), SOAP_OK);
    server.reset();
    EXPECT_EQ(client.Note(2), SOAP_OK);  // in the window: sent, and nobody knows
    server = Start(Options());
    EXPECT_EQ(states.Faulted().code, "UnknownSequence");
    EXPECT_EQ(client.Note(3), SOAP_OK);
    EXPECT_EQ(client.Flush(), SOAP_OK) << client.Fault();
    EXPECT_TRUE(server->executions().WaitFor(resend ? 2 : 1));
    EXPECT_EQ(server->executions().lines(), resend ? (Lines{"Note 2", "Note 3"}) : (Lines{"Note 3"}));
    EXPECT_EQ(client.Metrics().dead_letters, resend ? 0u : 1u);
    EXPECT_EQ(client.Close(), SOAP_OK);
  }
}

// ---- delivery modes ----

TEST_P(Durable, AnOperationHasATransactionOnlyWithDeliveryExactlyOnce) {
  for (const soap_rm_delivery_mode mode : {SOAP_RM_AT_LEAST_ONCE, SOAP_RM_AT_MOST_ONCE, SOAP_RM_EXACTLY_ONCE}) {
    soap_rm_options durable = WithStore("mode" + std::to_string(mode));
    durable.delivery_mode = mode;
    const auto server = Start(durable);
    void* seen = nullptr;
    server->set_hook([&](struct soap* soap, const std::string&) {
      seen = soap_rm_transaction(soap);
      return SOAP_OK;
    });
    TestClient client(url(), Options());
    EXPECT_EQ(client.Sum(1, 2), 3) << client.Fault();
    EXPECT_EQ(seen != nullptr, mode == SOAP_RM_EXACTLY_ONCE);
    EXPECT_EQ(client.Close(), SOAP_OK);
  }
}

int Rows(const std::string& path) {
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  sqlite3_stmt* count = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(database, "SELECT count(*) FROM own", -1, &count, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_step(count), SQLITE_ROW);
  const int rows = sqlite3_column_int(count, 0);
  sqlite3_finalize(count);
  sqlite3_close(database);
  return rows;
}

TEST_P(Durable, WhatAnOperationHasWrittenIsUndoneWhenItReturnsAFault) {
  soap_rm_options durable = WithStore("server");
  durable.delivery_mode = SOAP_RM_EXACTLY_ONCE;
  const auto server = Start(durable);
  server->set_hook([&](struct soap* soap, const std::string& line) {
    auto* const database = static_cast<sqlite3*>(soap_rm_transaction(soap));
    EXPECT_EQ(sqlite3_exec(database, "CREATE TABLE IF NOT EXISTS own (x); INSERT INTO own VALUES (1)", nullptr, nullptr,
                           nullptr),
              SQLITE_OK);
    return line == "Add 2 2" ? soap_receiver_fault(soap, "It fails.", nullptr) : SOAP_OK;
  });
  TestClient client(url(), Options());
  EXPECT_EQ(client.Sum(1, 2), 3);
  EXPECT_NE(client.Add(2, 2), SOAP_OK);
  EXPECT_NE(client.Fault().find("It fails."), std::string::npos) << client.Fault();
  EXPECT_EQ(client.Sum(3, 2), 5);
  EXPECT_EQ(Rows(Path("server")), 2);
  EXPECT_EQ(client.Close(), SOAP_OK);
}

TEST_P(Durable, AnOperationWhoseTransactionIsGoneRunsAgain) {
  soap_rm_options durable = WithStore("server");
  durable.delivery_mode = SOAP_RM_EXACTLY_ONCE;
  const auto server = Start(durable);
  int runs = 0;
  server->set_hook([&](struct soap* soap, const std::string&) {
    auto* const database = static_cast<sqlite3*>(soap_rm_transaction(soap));
    sqlite3_exec(database, "CREATE TABLE IF NOT EXISTS own (x); INSERT INTO own VALUES (1)", nullptr, nullptr, nullptr);
    if (++runs == 1) sqlite3_exec(database, "ROLLBACK", nullptr, nullptr, nullptr);  // it must not, and does
    return SOAP_OK;
  });
  TestClient client(url(), Options());
  EXPECT_EQ(client.Sum(1, 2), 3) << client.Fault();
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Rows(Path("server")), 1);
  EXPECT_EQ(client.Close(), SOAP_OK);
}

// ---- the file ----

TEST_P(Durable, AStoreThatCannotBeUsedIsRefusedAtRegistration) {
  const auto server = Start(WithStore("taken"));
  EXPECT_NE(Refusal(WithStore("taken")).find("use"), std::string::npos) << Refusal(WithStore("taken"));
  EXPECT_NE(Refusal(WithStore("no/such/folder")), "");
  FILE* const file = fopen(Path("rubbish").c_str(), "w");
  std::fputs("This is not a store, and it must stay as it is.", file);
  fclose(file);
  EXPECT_NE(Refusal(WithStore("rubbish")), "");
  EXPECT_EQ(std::filesystem::file_size(Path("rubbish")), 47u);
}

TEST_P(Durable, TellsWhatItReadsAtRegistrationAndCountsCommits) {
  auto server = Start(WithStore("server"));
  TestClient client(url(), Options());
  EXPECT_EQ(client.Sum(1, 2), 3);
  EXPECT_GT(server->Metrics().store_commits, 0u);
  EXPECT_GT(server->Metrics().store_bytes, 0u);
  EXPECT_EQ(server->Metrics().store_failed_commits, 0u);
  server.reset();
  soap_rm_options durable = WithStore("server");
  std::pair<std::uint64_t, std::uint64_t> last{0, 0};
  durable.recovery = [](void* user, std::uint64_t done, std::uint64_t total) {
    *static_cast<std::pair<std::uint64_t, std::uint64_t>*>(user) = {done, total};
  };
  durable.recovery_user = &last;
  server = Start(durable);
  EXPECT_GT(last.second, 0u);
  EXPECT_EQ(last.first, last.second);
  EXPECT_EQ(client.Sum(2, 2), 4);
  EXPECT_EQ(client.Close(), SOAP_OK);
}

INSTANTIATE_TEST_SUITE_P(Rm, Durable, ::testing::Values(SOAP_RM_FEBRUARY_2005, SOAP_RM_11), [](const auto& version) {
  return std::string(version.param == SOAP_RM_11 ? "Version11" : "February2005");
});

}  // namespace
}  // namespace gsoaprm::testing
