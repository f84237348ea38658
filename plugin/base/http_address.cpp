#include "base/http_address.h"

#include <algorithm>

namespace gsoaprm {

namespace {

constexpr std::size_t kLongestAddress = 2048;
constexpr std::size_t kLongestHost = 253;  // of a name in the DNS

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return c >= 'a' && c <= 'z'; }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Printable, and in no need of an escape; '#' would begin a fragment.
bool IsPlain(char c) {
  constexpr std::string_view kUnwanted = "\"#<>\\^`{|}";
  return c > ' ' && c < 0x7f && kUnwanted.find(c) == std::string_view::npos;
}

bool AreDigits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit); }

// Decimal, without leading zeros, at most `maximum`.
std::optional<unsigned> ReadNumber(std::string_view text, unsigned maximum) {
  if (!AreDigits(text) || text.size() > 5 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) value = value * 10 + static_cast<unsigned>(c - '0');
  return value <= maximum ? std::optional<unsigned>(value) : std::nullopt;
}

// Up to the separator, which is taken away, too.
std::string_view TakePart(std::string_view* rest, char separator) {
  const std::size_t end = std::min(rest->find(separator), rest->size());
  const std::string_view part = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return part;
}

bool IsIpv4(std::string_view host) {
  if (std::count(host.begin(), host.end(), '.') != 3) return false;
  for (int i = 0; i < 4; ++i) {
    if (!ReadNumber(TakePart(&host, '.'), 255)) return false;
  }
  return true;
}

// Functions of the system take such a host for an address, in any of several bases and lengths.
bool EndsInANumber(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return AreDigits(last) || last.substr(0, 2) == "0x";
}

bool IsName(std::string_view host) {
  const auto allowed = [](char c) { return IsLetter(c) || IsDigit(c) || c == '-' || c == '.' || c == '_'; };
  if (host.empty() || !std::all_of(host.begin(), host.end(), allowed)) return false;
  return host.front() != '.' && host.back() != '.' && host.find("..") == std::string_view::npos;
}

bool IsIpv6(std::string_view host) {
  const auto allowed = [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.'; };
  return host.find(':') != std::string_view::npos && std::all_of(host.begin(), host.end(), allowed);
}

// Takes the host off the authority; false when it is none.
bool TakeHost(std::string_view* authority, std::string* host) {
  const bool bracketed = !authority->empty() && authority->front() == '[';
  const std::size_t end = bracketed ? authority->find(']') : std::min(authority->find(':'), authority->size());
  if (end == std::string_view::npos) return false;
  *host = authority->substr(bracketed ? 1 : 0, bracketed ? end - 1 : end);
  authority->remove_prefix(bracketed ? end + 1 : end);
  std::transform(host->begin(), host->end(), host->begin(), Lower);
  if (host->size() > kLongestHost) return false;
  if (bracketed) return IsIpv6(*host);
  return IsName(*host) && (!EndsInANumber(*host) || IsIpv4(*host));
}

bool ReadAuthority(std::string_view authority, HttpOrigin* origin) {
  if (!TakeHost(&authority, &origin->host)) return false;
  origin->port = origin->secure ? 443 : 80;
  if (authority.empty()) return true;
  if (authority.front() != ':') return false;
  const auto port = ReadNumber(authority.substr(1), 65535);
  if (!port || *port == 0) return false;
  origin->port = static_cast<std::uint16_t>(*port);
  return true;
}

}  // namespace

bool HttpOrigin::has_name() const { return !is_ipv6() && !EndsInANumber(host); }

std::optional<HttpAddress> ReadHttpAddress(std::string_view text) {
  constexpr std::string_view kHttp = "http://", kHttps = "https://";
  if (text.size() > kLongestAddress || !std::all_of(text.begin(), text.end(), IsPlain)) return std::nullopt;
  HttpAddress address;
  address.origin.secure = text.substr(0, kHttps.size()) == kHttps;
  if (!address.origin.secure && text.substr(0, kHttp.size()) != kHttp) return std::nullopt;
  text.remove_prefix(address.origin.secure ? kHttps.size() : kHttp.size());
  const std::size_t path = std::min(text.find_first_of("/?"), text.size());
  if (!ReadAuthority(text.substr(0, path), &address.origin)) return std::nullopt;
  address.target = path < text.size() ? text.substr(path) : "/";
  if (address.target.front() != '/') return std::nullopt;
  return address;
}

std::string HostText(const HttpOrigin& origin) {
  std::string text = origin.is_ipv6() ? "[" + origin.host + "]" : origin.host;
  if (origin.port != (origin.secure ? 443 : 80)) text += ":" + std::to_string(origin.port);
  return text;
}

}  // namespace gsoaprm
