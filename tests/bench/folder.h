// A folder for the stores of a benchmark, and how fast its disk is.
#pragma once

#include <fcntl.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "support.h"

namespace bench {

using Clock = std::chrono::steady_clock;

inline double Since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

class Folder {
 public:
  explicit Folder(const std::string& parent) : path_(parent + "/bench-XXXXXX") {
    if (!mkdtemp(path_.data())) std::abort();
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  soap_rm_options Durable(const char* name, soap_rm_options options) const {
    std::snprintf(options.store, sizeof options.store, "sqlite:%s/%s.db", path_.c_str(), name);
    return options;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// How long this disk takes for a page that is written over an older one, as a page of a store's log mostly is.
class SyncProbe {
 public:
  explicit SyncProbe(const Folder& folder)
      : file_(open((folder.path() + "/probe").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) {
    for (int i = 0; i < kPages; i++) Write();
    if (fdatasync(file_) != 0) std::abort();
  }
  ~SyncProbe() { close(file_); }
  SyncProbe(const SyncProbe&) = delete;
  SyncProbe& operator=(const SyncProbe&) = delete;

  // Seconds.
  double Time() {
    const auto begin = Clock::now();
    Write();
    if (fdatasync(file_) != 0) std::abort();
    return Since(begin);
  }

 private:
  static constexpr int kPages = 1000;
  void Write() {
    const ssize_t size = static_cast<ssize_t>(page_.size());
    if (pwrite(file_, page_.data(), page_.size(), size * (written_++ % kPages)) != size) std::abort();
  }

  const int file_;
  const std::vector<char> page_ = std::vector<char>(4096, 'x');
  int written_ = 0;
};

}  // namespace bench
