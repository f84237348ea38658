#include "base/ip_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace gsoaprm {
namespace {

bool MayConnect(const char* text) {
  Ipv4Bytes ipv4;
  if (inet_pton(AF_INET, text, ipv4.data()) == 1) return MayConnectTo(ipv4);
  Ipv6Bytes ipv6;
  EXPECT_EQ(inet_pton(AF_INET6, text, ipv6.data()), 1) << text;
  return MayConnectTo(ipv6);
}

TEST(IpAddress, OrdinaryPrivateAndLoopbackAddressesMayBeConnectedTo) {
  for (const char* text :
       {"8.8.8.8", "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "1.0.0.0", "223.255.255.255",
        "169.253.255.255", "169.255.0.0", "::1", "fd00::1", "2001:db8::1", "fe7f::1", "fec0::1"})
    EXPECT_TRUE(MayConnect(text)) << text;
}

TEST(IpAddress, UnspecifiedLinkLocalMulticastAndBroadcastOnesMayNot) {
  for (const char* text :
       {"0.0.0.0", "0.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255", "224.0.0.0", "239.255.255.255",
        "240.0.0.0", "255.255.255.255", "::", "fe80::1", "febf:ffff::1", "ff02::1", "ffff::"})
    EXPECT_FALSE(MayConnect(text)) << text;
}

TEST(IpAddress, AnIpv4AddressDisguisedAsIpv6MayNot) {
  for (const char* text : {"::ffff:169.254.169.254", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8",
                           "::2", "::ffff:0:0"})
    EXPECT_FALSE(MayConnect(text)) << text;
}

TEST(IpAddress, OneThatIsTranslatedMayWhenWhatItLeadsToMay) {
  EXPECT_TRUE(MayConnect("64:ff9b::8.8.8.8"));
  EXPECT_FALSE(MayConnect("64:ff9b::169.254.169.254"));
  EXPECT_TRUE(MayConnect("2002:808:808::1"));
  EXPECT_FALSE(MayConnect("2002:a9fe:a9fe::1"));
}

TEST(IpAddress, OneThatOnlyLooksLikeATranslatedOrDisguisedOneIsOrdinary) {
  for (const char* text :
       {"164:ff9b::a9fe:a9fe", "65:ff9b::a9fe:a9fe", "64:fe9b::a9fe:a9fe", "64:ff9c::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe",
        "64:ff9b::1:a9fe:a9fe", "::1:a9fe:a9fe", "::100:a9fe:a9fe", "::ff00:a9fe:a9fe", "::fffe:a9fe:a9fe",
        "::1:ffff:a9fe:a9fe", "2003:a9fe:a9fe::1", "1::1", "::1:0:0:0:1"})
    EXPECT_TRUE(MayConnect(text)) << text;
}

}  // namespace
}  // namespace gsoaprm
