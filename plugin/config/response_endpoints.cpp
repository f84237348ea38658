#include "config/response_endpoints.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/ip_address.h"

namespace gsoaprm::config {
namespace {

std::string_view TakeEntry(std::string_view* text) {
  text->remove_prefix(std::min(text->find_first_not_of(' '), text->size()));
  const std::string_view entry = text->substr(0, text->find(' '));
  text->remove_prefix(entry.size());
  return entry;
}

// What an administrator lists by its number is judged now; what a name leads to, when it is connected to.
bool MayConnectToHost(const HttpOrigin& origin) {
  Ipv4Bytes ipv4;
  if (inet_pton(AF_INET, origin.host.c_str(), ipv4.data()) == 1) return MayConnectTo(ipv4);
  if (!origin.is_ipv6()) return true;
  Ipv6Bytes ipv6;
  return inet_pton(AF_INET6, origin.host.c_str(), ipv6.data()) == 1 && MayConnectTo(ipv6);
}

std::optional<HttpOrigin> ReadEntry(std::string_view entry) {
  const auto address = ReadHttpAddress(entry);
  if (!address || entry.find('/', entry.find("://") + 3) != std::string_view::npos) return std::nullopt;
  return MayConnectToHost(address->origin) ? std::make_optional(address->origin) : std::nullopt;
}

}  // namespace

std::string_view WrongResponseEndpoint(std::string_view text) {
  while (true) {
    const std::string_view entry = TakeEntry(&text);
    if (entry.empty() || !ReadEntry(entry)) return entry;
  }
}

std::vector<HttpOrigin> ReadResponseEndpoints(std::string_view text) {
  std::vector<HttpOrigin> origins;
  while (true) {
    const std::string_view entry = TakeEntry(&text);
    if (entry.empty()) return origins;
    if (auto origin = ReadEntry(entry)) origins.push_back(*std::move(origin));
  }
}

}  // namespace gsoaprm::config
