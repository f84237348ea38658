#include "base/http_address.h"

#include <gtest/gtest.h>

namespace gsoaprm {
namespace {

std::string Read(const std::string& text) {
  const auto address = ReadHttpAddress(text);
  if (!address) return "none";
  return (address->origin.secure ? "s " : "- ") + address->origin.host + " " + std::to_string(address->origin.port) +
         " " + address->target;
}

TEST(HttpAddress, IsSchemeHostPortAndPath) {
  EXPECT_EQ(Read("http://client.example:8080/acks?id=1"), "- client.example 8080 /acks?id=1");
  EXPECT_EQ(Read("https://client.example/"), "s client.example 443 /");
  EXPECT_EQ(Read("http://10.0.0.1"), "- 10.0.0.1 80 /");
  EXPECT_EQ(Read("http://[::1]:9/x"), "- ::1 9 /x");
}

TEST(HttpAddress, TheCaseOfTheHostDoesNotCount) {
  EXPECT_EQ(Read("http://Client.EXAMPLE:80/Path"), "- client.example 80 /Path");
  EXPECT_EQ(Read("http://[FD00::A]/"), "- fd00::a 80 /");
}

TEST(HttpAddress, PortsGoFrom1To65535) {
  EXPECT_EQ(Read("http://h:1/"), "- h 1 /");
  EXPECT_EQ(Read("http://h:65535/"), "- h 65535 /");
  for (const char* port : {"0", "65536", "", "080", "+80", "-1", "8 0", "80x", "99999999999999999999", ":80"})
    EXPECT_EQ(Read(std::string("http://h:") + port + "/"), "none") << port;
}

TEST(HttpAddress, NoOtherSchemeIsRead) {
  for (const char* text :
       {"file:///etc/passwd", "ftp://h/", "gopher://h:70/_x", "soap.udp://h/", "tcp://h:1/", "//h/", "h:80",
        "HTTP://h/", "http:h", "http:/h/", "http:///h", "http://", "", " http://h/", "urn:x"})
    EXPECT_EQ(Read(text), "none") << text;
}

TEST(HttpAddress, WhatTwoProgramsMightReadInTwoWaysIsNone) {
  for (const char* text : {"http://allowed@evil/", "http://user:password@h/",
                           "http://@h/",           "http://h\\@evil/",
                           "http://h#@evil/",      "http://h/#x",
                           "http://h%2eexample/",  "http://h ",
                           "http://h/ x",          "http://h/\r\nX: y",
                           "http://h/\t",          "http://h/\"",
                           "http://h/<",           "http://h?x",
                           "http://h\x80/",        "http://[::1/",
                           "http://::1/",          "http://[::1]x/",
                           "http://[h]/",          "http://[fe80::1%25eth0]/",
                           "http://[]/",           "http://h,evil/",
                           "http://h;x/",          "http://h~/",
                           "http://h\x7f/",        "http://[g::1]/",
                           "http://[::1~]/",       "http://[::-1]/"})
    EXPECT_EQ(Read(text), "none") << text;
}

TEST(HttpAddress, ANumberIsAHostInFourDecimalPartsOnly) {
  EXPECT_EQ(Read("http://127.0.0.1/"), "- 127.0.0.1 80 /");
  EXPECT_EQ(Read("http://255.255.255.255/"), "- 255.255.255.255 80 /");
  for (const char* host : {"2130706433", "0x7f.1", "0x7f000001", "127.1", "127.0.1", "0177.0.0.1", "127.0.0.01",
                           "127.0.0.256", "1.2.3.4.5", "127.0.0.1.", "0X7F.0.0.1", "h.1", "h.0x1"})
    EXPECT_EQ(Read(std::string("http://") + host + "/"), "none") << host;
}

TEST(HttpAddress, ANameHasPartsAndNoDotAtItsEnds) {
  EXPECT_EQ(Read("http://a-b_c.9d/"), "- a-b_c.9d 80 /");
  for (const char* host : {"h.", ".h", "a..b", ".", "-"}) {
    const bool is_name = std::string(host) == "-";
    EXPECT_EQ(Read(std::string("http://") + host + "/") != "none", is_name) << host;
  }
}

TEST(HttpAddress, LengthsAreBounded) {
  EXPECT_NE(Read("http://" + std::string(253, 'h') + "/"), "none");
  EXPECT_EQ(Read("http://" + std::string(254, 'h') + "/"), "none");
  EXPECT_NE(Read("http://h/" + std::string(2048 - 9, 'x')), "none");
  EXPECT_EQ(Read("http://h/" + std::string(2049 - 9, 'x')), "none");
}

TEST(HttpAddress, AHostIsANameOrAnAddress) {
  for (const char* name : {"http://server", "http://server1", "http://1.server", "http://3com"})
    EXPECT_TRUE(ReadHttpAddress(name)->origin.has_name()) << name;
  for (const char* address : {"http://10.0.0.1", "http://[::1]", "http://[::ffff:10.0.0.1]"})
    EXPECT_FALSE(ReadHttpAddress(address)->origin.has_name()) << address;
}

TEST(HttpAddress, TheHostHeaderLeavesADefaultPortOut) {
  EXPECT_EQ(HostText(ReadHttpAddress("http://h:80/")->origin), "h");
  EXPECT_EQ(HostText(ReadHttpAddress("https://h:80/")->origin), "h:80");
  EXPECT_EQ(HostText(ReadHttpAddress("https://[::1]:443/")->origin), "[::1]");
  EXPECT_EQ(HostText(ReadHttpAddress("http://[::1]:81/")->origin), "[::1]:81");
}

}  // namespace
}  // namespace gsoaprm
