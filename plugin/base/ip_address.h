// Which addresses a server never connects to, whoever asks for it: those that are nobody's, everybody's, or the host's
// own link (where clouds tell a machine its credentials), and those that stand for another address.
#pragma once

#include <array>
#include <cstdint>

namespace gsoaprm {

using Ipv4Bytes = std::array<std::uint8_t, 4>;
using Ipv6Bytes = std::array<std::uint8_t, 16>;

// Not 0.0.0.0/8, link-local, multicast, reserved or broadcast. Loopback and private ones are.
bool MayConnectTo(const Ipv4Bytes& address);
// Not unspecified, link-local, multicast, IPv4-mapped or IPv4-compatible. One that a network translates to an IPv4
// address (NAT64, 6to4) when it may be connected to that.
bool MayConnectTo(const Ipv6Bytes& address);

}  // namespace gsoaprm
