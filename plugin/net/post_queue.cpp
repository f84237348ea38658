#include "net/post_queue.h"

#include <signal.h>

#include <exception>
#include <utility>

namespace gsoaprm::net {
namespace {

PostResult Lost(const char* problem) {
  PostResult result;
  result.problem = problem;
  return result;
}

// TLS writes to a connection that the peer has closed with a signal that would end the program. One that is blocked
// goes with its thread.
void BlockBrokenPipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

void PostQueue::Post(const HttpPost& post) {
  bool starts = false;
  Lane* const lane = Enter(post, &starts);
  if (lane == nullptr) {
    Count(post, Lost("too many wait for this host"));
  } else if (starts) {
    Start(lane, post.address.target);
  }
}

PostQueue::Lane* PostQueue::Enter(const HttpPost& post, bool* starts) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (stopped_) return nullptr;
  std::unique_ptr<Lane>& lane = lanes_[post.address.origin];
  if (!lane) lane = std::make_unique<Lane>();
  if (lane->count >= kMostPerOrigin) return nullptr;
  if (lane->count > 0 && lane->bytes + post.entity.size() > kMostBytesPerOrigin) return nullptr;
  std::deque<HttpPost>& posts = lane->posts[post.address.target];
  if (posts.size() >= kMostPerAddress) return nullptr;
  *starts = posts.empty();
  posts.push_back(post);
  lane->count++;
  lane->bytes += post.entity.size();
  return lane.get();
}

void PostQueue::Start(Lane* lane, const std::string& target) {
  try {
    if (lane->workers.Post([this, lane, target] { SendFirst(lane, target); })) return;
  } catch (const std::exception&) {
    // There is no thread for it.
  }
  // What waits behind it would wait for ever.
  bool more = true;
  while (more) {
    more = TakeOff(lane, target);
    lost_++;
  }
}

void PostQueue::SendFirst(Lane* lane, const std::string& target) {
  BlockBrokenPipe();
  const HttpPost* post = nullptr;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    // It stays where it is while others are added behind it.
    post = &lane->posts.at(target).front();
  }
  try {
    Count(*post, poster_.Send(*post));
  } catch (const std::exception&) {
    lost_++;  // memory has run out
  }
  if (TakeOff(lane, target)) Start(lane, target);
}

bool PostQueue::TakeOff(Lane* lane, const std::string& target) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = lane->posts.find(target);
  lane->bytes -= found->second.front().entity.size();
  found->second.pop_front();
  lane->count--;
  if (!found->second.empty()) return true;
  lane->posts.erase(found);
  return false;
}

void PostQueue::Count(const HttpPost& post, const PostResult& result) {
  (result.taken ? taken_ : lost_)++;
  if (report_) report_(post, result);
}

void PostQueue::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  poster_.Cancel();
  // No lane is made any more.
  for (auto& lane : lanes_) lane.second->workers.Stop();
}

}  // namespace gsoaprm::net
