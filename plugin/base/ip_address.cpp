#include "base/ip_address.h"

#include <algorithm>

namespace gsoaprm {

namespace {

bool IsZero(const Ipv6Bytes& address, std::size_t begin, std::size_t end) {
  return std::all_of(address.begin() + begin, address.begin() + end, [](std::uint8_t byte) { return byte == 0; });
}

Ipv4Bytes Embedded(const Ipv6Bytes& address, std::size_t at) {
  return {address[at], address[at + 1], address[at + 2], address[at + 3]};
}

// RFC 6052 section 2.1: 64:ff9b::/96.
bool IsTranslated(const Ipv6Bytes& address) {
  return address[0] == 0 && address[1] == 0x64 && address[2] == 0xff && address[3] == 0x9b && IsZero(address, 4, 12);
}

bool IsLoopback(const Ipv6Bytes& address) { return IsZero(address, 0, 15) && address[15] == 1; }

// RFC 4291 sections 2.5.5.1 and 2.5.5.2: ::/96 and ::ffff:0:0/96; the former contains the unspecified address.
bool IsDisguisedIpv4(const Ipv6Bytes& address) {
  if (!IsZero(address, 0, 10)) return false;
  return (address[10] == 0 && address[11] == 0) || (address[10] == 0xff && address[11] == 0xff);
}

}  // namespace

bool MayConnectTo(const Ipv4Bytes& address) {
  if (address[0] == 0) return false;
  if (address[0] == 169 && address[1] == 254) return false;
  return address[0] < 224;
}

bool MayConnectTo(const Ipv6Bytes& address) {
  if (IsLoopback(address)) return true;
  if (IsDisguisedIpv4(address)) return false;
  if (address[0] == 0xff) return false;
  if (address[0] == 0xfe && (address[1] & 0xc0) == 0x80) return false;
  if (IsTranslated(address)) return MayConnectTo(Embedded(address, 12));
  if (address[0] == 0x20 && address[1] == 0x02) return MayConnectTo(Embedded(address, 2));
  return true;
}

}  // namespace gsoaprm
