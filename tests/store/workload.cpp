#include "tests/store/workload.h"

#include <algorithm>

#include "store/sqlite_connection.h"
#include "tests/store/samples.h"
#include "tests/store/state.h"

namespace gsoaprm::testing {

namespace {

constexpr const char* kCountRows = "SELECT group_concat(value) FROM (SELECT value FROM application ORDER BY value)";

std::string ApplicationText(const std::string& rows) { return "application: " + rows + "\n"; }

SequenceId Id(const std::string& name) { return SequenceId("urn:uuid:" + name); }

std::vector<Step> Steps() {
  std::string large(20000, 'x');
  return {
      {{Created("a")}},
      {{Taken("a", 2), Advanced("a", 0)}},
      {{Advanced("a", 2, 1), Kept("a", 1, 1)}, true},
      {{Session("s", 2, 0), Put(1, "s", 1), Put(2, "s", 2)}},
      {{Put(3), Put(4, "", 0, large), Put(5)}},
      {{engine::OutgoingDone{1}, engine::OutgoingAssigned{3, Id("s"), MessageNumber(3)}, Session("s", 3, 1, 1)}},
      {{engine::MessageDone{Id("a"), MessageNumber(2)}, Kept("a", 2, 2), Advanced("a", 3, 2)}, true},
      {{engine::ReplyReleased{Id("a"), MessageNumber(1)}, Taken("a", 5, true)}},
      {{engine::MessageBuried{Id("a"), MessageNumber(5), "the server stopped"}, Advanced("a", 5, 2)}},
      {{engine::OutgoingBuried{4, "the peer has forgotten it"}, engine::OutgoingDone{2}}},
      {{Created("b"), Advanced("b", 1, 1), Kept("b", 1, 1)}, true},
      {{engine::SequenceEnded{Id("a"), "<final>"}, engine::OutgoingDone{3}}},
      {{engine::InitiatorEnded{Id("s")}, Session("t", 1, 0), engine::OutgoingAssigned{5, Id("t"), MessageNumber(1)}}},
      {{engine::SequenceForgotten{Id("a")}, Put(6, "t", 2, large)}},
  };
}

}  // namespace

Workload::Workload() : steps_(Steps()) {
  State state;
  std::string rows;
  states_.push_back(state.Text() + ApplicationText(rows));
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    state.Apply(steps_[i].changes);
    if (steps_[i].in_transaction) rows += (rows.empty() ? "" : ",") + std::to_string(i);
    states_.push_back(state.Text() + ApplicationText(rows));
  }
}

void Workload::MakeFile(const std::string& path) const {
  OpenStore(path).reset();
  sqlite3* file = nullptr;
  sqlite3_open(path.c_str(), &file);
  sqlite3_exec(file, "CREATE TABLE application(value INTEGER)", nullptr, nullptr, nullptr);
  sqlite3_close(file);
}

Workload::Done Workload::RunInTransaction(store::Store* store, const Step& step, Duration patience) const {
  std::unique_ptr<store::Transaction> transaction = store->Begin(patience);
  if (transaction == nullptr) return Done::kNo;
  std::string insert = "INSERT INTO application VALUES(" + std::to_string(&step - steps_.data()) + ")";
  auto* handle = static_cast<sqlite3*>(transaction->handle());
  if (sqlite3_exec(handle, insert.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return Done::kAgain;
  return transaction->Commit(step.changes) ? Done::kYes : Done::kAgain;
}

Workload::Progress Workload::Run(const store::SqliteStoreOptions& options, Duration patience,
                                 FaultVfs* lose_power_at_end) const {
  Progress progress;
  Status problem;
  std::unique_ptr<store::Store> store = store::OpenSqliteStore(options, &problem);
  StateReader reader;
  progress.opened = store != nullptr && store->Load(&reader).ok();
  bool goes_on = progress.opened;
  for (const Step& step : steps_) {
    if (!goes_on) break;
    ++progress.begun;
    if (step.in_transaction) {
      Done done = Done::kAgain;
      for (int attempt = 0; attempt < 10 && done == Done::kAgain; ++attempt) {
        done = RunInTransaction(store.get(), step, patience);
      }
      goes_on = done == Done::kYes;
    } else {
      goes_on = store->WaitDurable(store->Enqueue(step.changes), patience);
    }
    if (goes_on) ++progress.confirmed;
  }
  if (lose_power_at_end != nullptr) lose_power_at_end->LosePower();
  return progress;
}

std::size_t Workload::StepsIn(const std::string& text) const {
  auto found = std::find(states_.begin(), states_.end(), text);
  return found != states_.end() ? static_cast<std::size_t>(found - states_.begin()) : std::string::npos;
}

std::string TextWithApplication(const std::string& path, const std::string& vfs) {
  store::SqliteStoreOptions options;
  options.path = path;
  options.vfs = vfs;
  Status problem;
  StateReader reader;
  std::unique_ptr<store::Store> store = store::OpenSqliteStore(options, &problem);
  if (store != nullptr) problem = reader.Read(store.get(), path);
  store.reset();
  if (!problem.ok()) return problem.code + ": " + problem.reason;
  int result = SQLITE_OK;
  auto file = store::Connection::Open(path, vfs, SQLITE_OPEN_READWRITE, &result);
  if (file == nullptr || file->Text("PRAGMA integrity_check") != "ok") return "integrity_check is not ok";
  return reader.state.Text() + ApplicationText(file->Text(kCountRows).value_or(""));
}

}  // namespace gsoaprm::testing
