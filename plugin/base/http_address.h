// An http or https address taken apart, and strictly: what two programs might read in two ways is no address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace gsoaprm {

// Whom to connect to.
struct HttpOrigin {
  bool secure = false;  // https
  std::string host;     // in lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;

  bool is_ipv6() const { return host.find(':') != std::string::npos; }
  bool has_name() const;  // and no IP address
  friend bool operator==(const HttpOrigin& a, const HttpOrigin& b) {
    return a.secure == b.secure && a.port == b.port && a.host == b.host;
  }
  friend bool operator<(const HttpOrigin& a, const HttpOrigin& b) {
    return std::tie(a.secure, a.host, a.port) < std::tie(b.secure, b.host, b.port);
  }
};

struct HttpAddress {
  HttpOrigin origin;
  std::string target;  // path and query; "/" at least
};

// Empty for everything but scheme://host, scheme://host:port, and the same with a path: no user, no fragment, no
// backslash, no character that would have to be escaped; the scheme in lower case; a host that ends in a number is an
// IPv4 address of four decimal numbers without leading zeros; a name does not end with a dot.
std::optional<HttpAddress> ReadHttpAddress(std::string_view text);

// "host" or "host:port", as in HTTP's Host header.
std::string HostText(const HttpOrigin& origin);

}  // namespace gsoaprm
