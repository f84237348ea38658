// The store in one SQLite file. What it keeps, and how: schema.md.
//
// There is no thread between a caller and the disk: whoever waits first commits everything that is enqueued, and those
// who come meanwhile share the next commit. A thread of the store commits what nobody waits for, heals after a failure,
// empties the write-ahead log and sees to dead letters that are to be sent again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"
#include "base/time.h"
#include "store/store.h"

namespace gsoaprm::store {

struct SqliteStoreOptions {
  std::string path;  // created when there is none; the folder must be there
  // Of the file. New messages are refused a little earlier, so that what concerns accepted ones always fits.
  std::uint64_t quota_bytes = std::uint64_t{1} << 30;

  std::string vfs;  // SQLite's name of it; empty: the default
  // How long a change that nobody waits for may stay in memory.
  Duration lazy_delay = Duration::Milliseconds(100);
  // After a failure the store tries again after the first, then twice as long each time, up to the longest.
  Duration first_retry = Duration::Milliseconds(10);
  Duration longest_retry = Duration::Seconds(1);
  // How often it looks whether another program has changed the file.
  Duration poll_interval = Duration::Seconds(1);
  // How long another program may hold the file's write lock before that counts as a failure.
  Duration busy_patience = Duration::Seconds(5);
  // Pages in the write-ahead log before it is written back into the file.
  int checkpoint_pages = 4000;
};

// Null, and *problem says why: the file is damaged, of a newer version, read-only or in use. It was then not changed.
std::unique_ptr<Store> OpenSqliteStore(const SqliteStoreOptions& options, Status* problem);

}  // namespace gsoaprm::store
