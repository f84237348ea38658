// A file system for SQLite over the real one that fails when told to, and that loses power: then what was not synced is
// dropped, torn or in part kept. What a failed sync should have written is lost too, as on Linux, where the next sync
// succeeds and writes nothing of it. Nothing is really synced, so tests are fast.
#pragma once

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/chance.h"

namespace gsoaprm::testing {

enum class Operation : std::size_t { kOpen, kRead, kWrite, kSync, kTruncate, kDelete, kFileSize, kMapShared, kCount };

// What becomes of each write that was not synced when the power fails.
enum class Loss {
  kNothing,  // all is kept, as when only the process is killed
  kAll,
  kSome,  // each write is kept or not: reordered
  kTorn,  // each sector of 512 bytes of each write
};

class FaultVfs {
 public:
  // Under the name `name` until it is destroyed.
  explicit FaultVfs(std::string name);
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  const std::string& name() const { return name_; }

  static constexpr std::uint64_t kForEver = std::numeric_limits<std::uint64_t>::max();

  // The operation number `number`, from 1, counted from now, and so many in all from there, fail. `full`: writes fail
  // for want of space. With `only`, operations of other kinds are neither counted nor fail.
  void FailAt(std::uint64_t number, std::uint64_t how_many, bool full = false,
              std::optional<Operation> only = std::nullopt);
  // What is written to this file fails.
  void FailWritesTo(const std::string& path);
  // At that operation, before it does anything, the power fails: no operation succeeds from then on.
  void LosePowerAt(std::uint64_t number, std::optional<Operation> only = std::nullopt);
  void LosePower();
  // No more than that many bytes in all files.
  void LimitSpace(std::uint64_t bytes);
  // All works again.
  void Repair();
  // The files as they are found when the power is back. Nothing may have them open.
  void RestorePower(Loss loss, std::uint64_t seed);
  // As after LosePower, but only the process was killed: what it had written is still there, and still not synced.
  void RestartProcess();

  // How often since it was made.
  std::uint64_t count(Operation operation) const;
  std::uint64_t operations() const;
  bool failed() const;  // whether FailAt has struck since it was told

 private:
  struct Change {
    std::int64_t at;
    std::optional<std::string> bytes;  // none: the file ends there
  };
  struct Disk {                    // one file
    std::string durable;           // what a power failure leaves for certain
    std::vector<Change> unsynced;  // what may be on the disk besides, in order
    std::uint64_t size = 0;
    bool deleted = false;
  };
  struct File;  // what SQLite holds
  struct Methods;
  struct Trouble {
    std::uint64_t at = 0;  // 0: none
    std::uint64_t how_many = 0;
    bool full = false;
    std::optional<Operation> only;
  };

  // SQLITE_OK, or the code with which the operation fails.
  int Count(Operation operation);
  bool HasSpace(const Disk& disk, std::uint64_t end) const;
  Disk* Track(const std::string& path);
  Disk* Unwritable();
  static void Apply(const Change& change, std::string* bytes);
  static std::string Survivor(const Disk& disk, Loss loss, Chance* chance);

  const std::string name_;
  sqlite3_vfs* const real_;
  sqlite3_vfs vfs_;
  mutable std::mutex mutex_;
  std::map<std::string, Disk> disks_;
  std::array<std::uint64_t, static_cast<std::size_t>(Operation::kCount)> counts_{};
  Trouble failure_;
  Trouble power_failure_;
  std::uint64_t since_failure_ = 0;
  std::uint64_t since_power_failure_ = 0;
  bool failed_ = false;
  bool dark_ = false;
  std::string unwritable_;
  std::uint64_t space_ = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace gsoaprm::testing
