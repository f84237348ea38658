// Names of hosts, and the addresses that they have at this moment.
#pragma once

#include <sys/socket.h>

#include <string>
#include <vector>

#include "base/http_address.h"

namespace gsoaprm::net {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

class Resolver {
 public:
  virtual ~Resolver() = default;
  // In the order in which they are to be tried; empty when there are none. May block.
  virtual std::vector<SocketAddress> Resolve(const HttpOrigin& origin) = 0;
};

// The system's; blocks as long as its own time-outs are (resolv.conf).
class SystemResolver : public Resolver {
 public:
  std::vector<SocketAddress> Resolve(const HttpOrigin& origin) override;
};

// By base/ip_address.h; no other family is.
bool MayConnectTo(const SocketAddress& address);

}  // namespace gsoaprm::net
