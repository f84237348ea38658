// Posts in the background, beside those who ask for them: nobody waits, nothing is sent twice, and what there is no
// room for is dropped. Whoever needs a dropped message asks for it again: to a client whose acknowledgement was lost,
// the server says it again when the client repeats its message.
//
// Each address has one post on its way at a time, so that messages to it keep their order; each host and port a few
// threads of its own, so that one that is slow, or dead, stops no other.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "net/http_poster.h"
#include "net/worker_pool.h"

namespace gsoaprm::net {

class PostQueue {
 public:
  static constexpr std::size_t kThreadsPerOrigin = 4;
  static constexpr std::size_t kMostPerOrigin = 128;  // waiting and on their way
  static constexpr std::size_t kMostPerAddress = 16;
  static constexpr std::size_t kMostBytesPerOrigin = 16 * 1024 * 1024;  // beyond one message, however large

  // Called by the thread that has posted, or by the caller of Post when there was no room.
  using Report = std::function<void(const HttpPost& post, const PostResult& result)>;
  PostQueue(HttpPoster* poster, Report report) : poster_(*poster), report_(std::move(report)) {}
  ~PostQueue() { Stop(); }
  PostQueue(const PostQueue&) = delete;
  PostQueue& operator=(const PostQueue&) = delete;

  // Waits for nothing.
  void Post(const HttpPost& post);
  // Ends what is on its way, drops the rest. Waits for a name that is being resolved.
  void Stop();

  std::uint64_t taken() const { return taken_; }
  std::uint64_t lost() const { return lost_; }

 private:
  struct Lane {
    WorkerPool workers{kThreadsPerOrigin, std::chrono::seconds(5)};
    std::map<std::string, std::deque<HttpPost>> posts;  // by target; the first is on its way
    std::size_t count = 0;
    std::size_t bytes = 0;
  };
  // Its place in the lane, or null where there is none; `*starts`: nobody works on its address.
  Lane* Enter(const HttpPost& post, bool* starts);
  void Start(Lane* lane, const std::string& target);
  void SendFirst(Lane* lane, const std::string& target);
  // True when there is another for this target.
  bool TakeOff(Lane* lane, const std::string& target);
  void Count(const HttpPost& post, const PostResult& result);

  HttpPoster& poster_;
  const Report report_;
  std::atomic<std::uint64_t> taken_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::mutex mutex_;
  bool stopped_ = false;
  std::map<HttpOrigin, std::unique_ptr<Lane>> lanes_;  // as many as the administrator has listed
};

}  // namespace gsoaprm::net
