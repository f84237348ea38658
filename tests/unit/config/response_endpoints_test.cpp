#include "config/response_endpoints.h"

#include <gtest/gtest.h>

#include "config/engine_options.h"

namespace gsoaprm::config {
namespace {

class ResponseEndpoints : public testing::Test {
 protected:
  ResponseEndpoints() { soap_rm_options_default(&options_); }
  // What the option says of the text; "" when it takes it.
  std::string Set(const std::string& text) {
    char error[512] = "";
    return soap_rm_options_set(&options_, "response_endpoints", text.c_str(), error, sizeof error) == 0 ? "" : error;
  }
  soap_rm_options options_;
};

TEST_F(ResponseEndpoints, NoneIsTheDefault) {
  EXPECT_STREQ(options_.response_endpoints, "");
  EXPECT_TRUE(ToEngineOptions(options_).response_endpoints.empty());
}

TEST_F(ResponseEndpoints, AreSeparatedBySpacesAndHaveADefaultPort) {
  EXPECT_EQ(Set("  http://a.example  https://B.example http://10.0.0.7:9000 http://[fd00::7]:1 "), "");
  const auto endpoints = ToEngineOptions(options_).response_endpoints;
  ASSERT_EQ(endpoints.size(), 4u);
  EXPECT_EQ(endpoints[0], (HttpOrigin{false, "a.example", 80}));
  EXPECT_EQ(endpoints[1], (HttpOrigin{true, "b.example", 443}));
  EXPECT_EQ(endpoints[2], (HttpOrigin{false, "10.0.0.7", 9000}));
  EXPECT_EQ(endpoints[3], (HttpOrigin{false, "fd00::7", 1}));
}

TEST_F(ResponseEndpoints, TheWrongOneIsNamed) {
  EXPECT_EQ(Set("http://a.example http://b.example:0 http://c"),
            "response_endpoints must be addresses as http://host:port or https://host:port, separated by spaces, not "
            "'http://b.example:0'.");
  EXPECT_STREQ(options_.response_endpoints, "");
}

TEST_F(ResponseEndpoints, PathsUsersOtherSchemesAndOddSpellingsAreRefused) {
  for (const char* text :
       {"http://a/", "http://a/path", "http://u@a", "ftp://a", "a:80", "http://a:65536", "http://a.",
        "http://2130706433", "http://a,http://b", "*", "http://*", "http://a?x", "http://a\thttp://b"})
    EXPECT_NE(Set(text), "") << text;
}

TEST_F(ResponseEndpoints, AddressesThatAreNeverConnectedToAreRefused) {
  for (const char* text : {"http://169.254.169.254", "http://0.0.0.0:80", "http://[::]", "http://[fe80::1]",
                           "http://[::ffff:169.254.169.254]", "http://[::ffff:127.0.0.1]", "http://224.0.0.1",
                           "http://255.255.255.255", "http://[1:2]"})
    EXPECT_NE(Set(text), "") << text;
  EXPECT_EQ(Set("http://127.0.0.1:1 http://[::1] http://192.168.0.1"), "");
}

}  // namespace
}  // namespace gsoaprm::config
