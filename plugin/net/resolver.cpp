#include "net/resolver.h"

#include <netdb.h>
#include <netinet/in.h>

#include <cstring>
#include <memory>

#include "base/ip_address.h"

namespace gsoaprm::net {

std::vector<SocketAddress> SystemResolver::Resolve(const HttpOrigin& origin) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  std::vector<SocketAddress> addresses;
  if (getaddrinfo(origin.host.c_str(), std::to_string(origin.port).c_str(), &hints, &list) != 0) return addresses;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(list, freeaddrinfo);
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    SocketAddress& address = addresses.emplace_back();
    if (entry->ai_addrlen > sizeof address.storage) {
      addresses.pop_back();
      continue;
    }
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
  }
  return addresses;
}

bool MayConnectTo(const SocketAddress& address) {
  if (address.storage.ss_family == AF_INET) {
    sockaddr_in ipv4;
    Ipv4Bytes bytes;
    std::memcpy(&ipv4, &address.storage, sizeof ipv4);
    std::memcpy(bytes.data(), &ipv4.sin_addr, bytes.size());
    return gsoaprm::MayConnectTo(bytes);
  }
  if (address.storage.ss_family != AF_INET6) return false;
  sockaddr_in6 ipv6;
  Ipv6Bytes bytes;
  std::memcpy(&ipv6, &address.storage, sizeof ipv6);
  std::memcpy(bytes.data(), &ipv6.sin6_addr, bytes.size());
  return gsoaprm::MayConnectTo(bytes);
}

}  // namespace gsoaprm::net
