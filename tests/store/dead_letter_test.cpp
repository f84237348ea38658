// Dead letters, and the program that lists, re-drives and purges them while a store is in use.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>

#include "store/sqlite_connection.h"
#include "tests/store/samples.h"
#include "tests/store/temporary_folder.h"

namespace gsoaprm::testing {
namespace {

class DeadLetters : public ::testing::Test {
 protected:
  struct Result {
    int status = -1;
    std::string text;  // both outputs
  };

  DeadLetters() {
    options_.path = file_;
    options_.poll_interval = Duration::Milliseconds(1);
    Open();
    EXPECT_TRUE(Confirmed({Created("a"), Advanced("a", 7, 3), Taken("a", 9), Kept("a", 7, 3), Session("s", 2, 1),
                           Put(1, "s", 2), Put(2), Put(3), Put(4)}));
    store_->NextOutgoingId();  // 1 .. 4 are given out
    store_->NextOutgoingId();
    store_->NextOutgoingId();
    store_->NextOutgoingId();
  }

  void Open() {
    store_.reset();
    Status problem;
    store_ = store::OpenSqliteStore(options_, &problem);
    ASSERT_NE(store_, nullptr) << problem.reason;
    StateReader reader;
    ASSERT_TRUE(store_->Load(&reader).ok());
  }
  bool Confirmed(const engine::Changes& changes) { return store_->WaitDurable(store_->Enqueue(changes), kPatience); }
  void Bury(engine::OutgoingId id) { ASSERT_TRUE(Confirmed({engine::OutgoingBuried{id, "nobody wants it"}})); }

  Result Tool(const std::string& arguments) {
    std::string program =
        (std::filesystem::canonical("/proc/self/exe").parent_path().parent_path() / "bin/gsoaprm-store").string();
    std::string output = folder_.File("output");
    Result result;
    int status = std::system((program + " " + arguments + " >" + output + " 2>&1").c_str());
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    std::ifstream file(output);
    result.text = std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    return result;
  }
  void ExpectLine(const std::string& text, const std::string& line) {
    EXPECT_NE(("\n" + text).find("\n" + line), std::string::npos) << line << "\nis not in\n" << text;
  }

  TemporaryFolder folder_;
  std::string file_ = folder_.File("sessions.db");
  store::SqliteStoreOptions options_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(DeadLetters, AreCounted) {
  Bury(2);
  ASSERT_TRUE(Confirmed({engine::MessageBuried{SequenceId("urn:uuid:a"), MessageNumber(9), "the server stopped"},
                         engine::OutgoingBuried{99, "not there"}}));
  EXPECT_EQ(store_->metrics().dead_letters, 2u);
}

TEST_F(DeadLetters, SequencesAreListedWhileTheStoreIsInUse) {
  Result result = Tool(file_ + " sequences");
  EXPECT_EQ(result.status, 0);
  ExpectLine(result.text, "role\tstate\tnewest\tacknowledged\tmessages\treplies\tsequence\tendpoint\n");
  ExpectLine(result.text, "server\topen\t7\t1-7\t1\t1\turn:uuid:a\thttp://server/service\n");
  ExpectLine(result.text, "client\topen\t2\t1-1\t1\t-\turn:uuid:s\thttp://server/service\n");
  ASSERT_TRUE(Confirmed({engine::SequenceEnded{SequenceId("urn:uuid:a"), "<final>"}}));
  ExpectLine(Tool(file_ + " sequences").text, "server\tended\t7\t1-7\t1\t0\turn:uuid:a\t");
}

TEST_F(DeadLetters, WaitingMessagesAreListedOldestFirst) {
  EXPECT_EQ(Tool(file_ + " waiting").text,
            "id\tkind\tbytes\taction\tmessage\tendpoint\n"
            "2\tone-way\t12\turn:send\turn:uuid:outgoing-2\thttp://server/service\n"
            "3\ttwo-way\t12\turn:send\t-\thttp://server/service\n"
            "4\tone-way\t12\turn:send\turn:uuid:outgoing-4\thttp://server/service\n");
}

TEST_F(DeadLetters, AreListedWithTheirReasons) {
  Bury(1);
  ASSERT_TRUE(Confirmed({engine::MessageBuried{SequenceId("urn:uuid:a"), MessageNumber(9), "it\nstopped\x1b[2J"}}));
  std::string text = Tool(file_ + " dead-letters").text;
  EXPECT_NE(text.find("Z\t1\tclient\tdead\t2\t12\turn:uuid:s\turn:send\turn:uuid:outgoing-1\thttp://server/service\t"
                      "nobody wants it\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("Z\t2\tserver\tdead\t9\t11\turn:uuid:a\turn:do\t-\thttp://server/service\tit?stopped?[2J\n"),
            std::string::npos)
      << text;
}

TEST_F(DeadLetters, MoreThanAPageIsListed) {
  for (int count : {999, 1000, 1001, 2001}) {
    engine::Changes changes;
    for (int id = 10; id < 2100; ++id) changes.push_back(engine::OutgoingDone{id});
    for (int id = 10; id < 10 + count - 3; ++id) changes.push_back(Put(id));
    ASSERT_TRUE(Confirmed(changes));
    std::string text = Tool(file_ + " waiting").text;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), count + 1);
  }
}

TEST_F(DeadLetters, ARunningStoreSendsAgainWhatIsRedriven) {
  Bury(2);
  Bury(3);
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Uri> told;
  store_->WhenRedriven([&](const Uri& endpoint) {
    std::lock_guard<std::mutex> lock(mutex);
    told.push_back(endpoint);
    changed.notify_all();
  });
  Result result = Tool(file_ + " redrive 2 1");
  EXPECT_EQ(result.status, 0) << result.text;
  EXPECT_EQ(result.text, "2 dead letters will be sent again\n");
  std::unique_lock<std::mutex> lock(mutex);
  ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(30), [&] { return !told.empty(); }));
  EXPECT_EQ(told.front(), Uri("http://server/service"));
  // Behind those that wait.
  auto waiting = store_->Waiting(Uri("http://server/service"), 0, 10);
  ASSERT_EQ(waiting.size(), 3u);
  EXPECT_EQ(waiting[0].id, 4);
  EXPECT_GT(waiting[1].id, 4);
  EXPECT_EQ(waiting[1].payload->entity, "<outgoing 2>");
  EXPECT_EQ(waiting[1].message_id, MessageId("urn:uuid:outgoing-2"));
  EXPECT_TRUE(waiting[1].one_way);
  EXPECT_EQ(waiting[2].payload->entity, "<outgoing 3>");
  EXPECT_EQ(Tool(file_ + " dead-letters").text.find("nobody"), std::string::npos);
}

TEST_F(DeadLetters, TheNextStoreSendsAgainWhatWasRedrivenMeanwhile) {
  Bury(2);
  store_.reset();
  EXPECT_EQ(Tool(file_ + " redrive all").text, "1 dead letter will be sent again\n");
  ExpectLine(Tool(file_ + " dead-letters").text, "buried\tid\t");
  EXPECT_NE(Tool(file_ + " dead-letters").text.find("to be sent again"), std::string::npos);
  Open();
  auto waiting = store_->Waiting(Uri("http://server/service"), 0, 10);
  ASSERT_EQ(waiting.size(), 3u);
  EXPECT_EQ(waiting[2].payload->entity, "<outgoing 2>");
  EXPECT_GT(store_->NextOutgoingId(), waiting[2].id);
}

TEST_F(DeadLetters, ADamagedOneIsNotSentAgain) {
  Bury(2);
  store_.reset();
  int result = SQLITE_OK;
  store::Connection::Open(file_, "", SQLITE_OPEN_READWRITE, &result)
      ->Execute("UPDATE rm_dead_letter SET entity='<outgoing 9>', redrive=1");
  Open();
  EXPECT_EQ(store_->Waiting(Uri("http://server/service"), 0, 10).size(), 2u);
  std::string text = Tool(file_ + " dead-letters").text;
  EXPECT_NE(text.find("\tdead\t"), std::string::npos);
  EXPECT_NE(text.find("nobody wants it (not sent again: it is damaged)"), std::string::npos) << text;
}

TEST_F(DeadLetters, OfAServerAreNotSentAgain) {
  ASSERT_TRUE(Confirmed({engine::MessageBuried{SequenceId("urn:uuid:a"), MessageNumber(9), "the server stopped"}}));
  Bury(2);
  Result result = Tool(file_ + " redrive 2 1");
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.text, "gsoaprm-store: there is no dead letter 1 of a client; nothing was changed\n");
  EXPECT_EQ(Tool(file_ + " redrive all").text, "1 dead letter will be sent again\n");
}

TEST_F(DeadLetters, ArePurged) {
  Bury(1);
  Bury(2);
  Bury(3);
  EXPECT_EQ(Tool(file_ + " purge 2").text, "1 dead letter deleted\n");
  EXPECT_EQ(Tool(file_ + " purge 1 2").text, "gsoaprm-store: there is no dead letter 2; nothing was changed\n");
  EXPECT_EQ(Tool(file_ + " purge all").text, "2 dead letters deleted\n");
  EXPECT_EQ(Tool(file_ + " purge all").text, "0 dead letters deleted\n");
  // A number is not given to another.
  Bury(4);
  EXPECT_NE(Tool(file_ + " dead-letters").text.find("Z\t4\t"), std::string::npos);
}

TEST_F(DeadLetters, TheToolSaysHowItIsUsed) {
  Result help = Tool("--help");
  EXPECT_EQ(help.status, 0);
  EXPECT_EQ(help.text.substr(0, 33), "usage: gsoaprm-store FILE COMMAND");
  for (const std::string& wrong :
       {std::string(), file_, file_ + " sing", file_ + " waiting 1", file_ + " redrive", file_ + " redrive x",
        file_ + " purge 0", file_ + " purge all 1", file_ + " purge 1x"}) {
    Result result = Tool(wrong);
    EXPECT_EQ(result.status, 2) << wrong;
    EXPECT_NE(result.text.find("usage:"), std::string::npos) << wrong;
  }
}

TEST_F(DeadLetters, TheToolRefusesWhatIsNoStore) {
  Result result = Tool(folder_.File("nothing.db") + " waiting");
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.text.find("there is no file"), std::string::npos) << result.text;
  EXPECT_FALSE(std::filesystem::exists(folder_.File("nothing.db")));
  std::ofstream(folder_.File("letter.db")) << "This is a letter to my aunt. " << std::string(5000, '.');
  result = Tool(folder_.File("letter.db") + " waiting");
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.text.find("is damaged"), std::string::npos) << result.text;
}

TEST_F(DeadLetters, ToLookChangesNothing) {
  store_.reset();
  auto before = std::filesystem::last_write_time(file_);
  Tool(file_ + " sequences");
  Tool(file_ + " dead-letters");
  EXPECT_EQ(std::filesystem::last_write_time(file_), before);
}

}  // namespace
}  // namespace gsoaprm::testing
