// Reads messages that wait, over a connection of its own: a commit, or an operation's transaction, does not hold it up,
// and what is not committed is not seen.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/records.h"
#include "store/sqlite_connection.h"

namespace gsoaprm::store {

// Thread-safe.
class WaitingReader {
 public:
  WaitingReader(std::string path, std::string vfs);
  ~WaitingReader();

  // Those for this endpoint with a greater id, oldest first. *damaged: rows that are not what their checksums say.
  std::vector<engine::OutgoingRecord> Read(const Uri& endpoint, engine::OutgoingId after, std::size_t limit,
                                           std::vector<engine::OutgoingId>* damaged);
  std::vector<Uri> Endpoints();
  // For the child of a fork.
  void Abandon();

 private:
  bool Connect();
  struct Statements;

  const std::string path_;
  const std::string vfs_;
  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Statements> statements_;
};

}  // namespace gsoaprm::store
