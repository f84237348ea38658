// A fixed course of commits, one after the other, and the states that a file may be in meanwhile.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/records.h"
#include "store/sqlite_store.h"
#include "tests/store/fault_vfs.h"

namespace gsoaprm::testing {

struct Step {
  engine::Changes changes;
  bool in_transaction = false;  // with a row of the application's own
};

class Workload {
 public:
  Workload();

  // A file in the first state.
  void MakeFile(const std::string& path) const;

  struct Progress {
    bool opened = false;
    std::size_t confirmed = 0;  // steps of which the store has said that they are durable
    std::size_t begun = 0;      // steps that may be in the file
  };
  // Ends with the first step that is not confirmed within `patience`. The power may fail before the store is closed.
  Progress Run(const store::SqliteStoreOptions& options, Duration patience, FaultVfs* lose_power_at_end) const;

  // The number of steps after which the file looks like this; npos: it is none of the committed states.
  std::size_t StepsIn(const std::string& text) const;
  std::size_t size() const { return steps_.size(); }

 private:
  enum class Done { kYes, kNo, kAgain };
  Done RunInTransaction(store::Store* store, const Step& step, Duration patience) const;

  std::vector<Step> steps_;
  std::vector<std::string> states_;  // texts, before the first step and after each
};

// All of a file, with the rows of the application; opened through `vfs`. Not sound: why.
std::string TextWithApplication(const std::string& path, const std::string& vfs);

}  // namespace gsoaprm::testing
