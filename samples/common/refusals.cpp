#include "common/refusals.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

namespace samples {
namespace {

constexpr std::size_t kMostTold = 32;
// For the server's own files and for connections that are refused.
constexpr rlim_t kOtherFiles = 64 + kMostTold;

constexpr char kBusy[] =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

}  // namespace

Refusals::~Refusals() {
  for (const int connection : told_) close(connection);
}

void Refusals::Refuse(int connection, bool tls) {
  if (!tls) (void)!send(connection, kBusy, sizeof(kBusy) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
  shutdown(connection, SHUT_WR);
  told_.push_back(connection);
  if (told_.size() <= kMostTold) return;
  close(told_.front());
  told_.pop_front();
}

int MostConnections(int asked_for) {
  struct rlimit files = {};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return asked_for;
  const rlim_t most = files.rlim_cur > kOtherFiles ? files.rlim_cur - kOtherFiles : 1;
  return static_cast<int>(std::min<rlim_t>(most, static_cast<rlim_t>(asked_for)));
}

}  // namespace samples
