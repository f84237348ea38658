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
  // Half of all syncs take no longer, after a write of a page at the end of a file.
  double SyncTime() const {
    const std::string name = path_ + "/probe";
    const int file = open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::vector<char> page(4096, 'x');
    std::vector<double> times;
    for (int i = 0; i < 200; i++) {
      const auto begin = Clock::now();
      if (write(file, page.data(), page.size()) != static_cast<ssize_t>(page.size()) || fdatasync(file)) std::abort();
      times.push_back(Since(begin));
    }
    close(file);
    return Of(times).median;
  }

 private:
  std::string path_;
};

}  // namespace bench
