// What the application sets on its context for HTTP: a proxy, a user and password, header lines, a time-out.
#include <gtest/gtest.h>

#include "gsoap/http/echoes.h"

namespace gsoaprm::testing {
namespace {

class HttpSettings : public ::testing::TestWithParam<soap_rm_protocol_version> {
 protected:
  HttpSettings() : echoes_(QuickOptions(GetParam()), QuickOptions(SOAP_RM_11)) { echoes_.network().Record(); }
  Echoes echoes_;
};

INSTANTIATE_TEST_SUITE_P(Versions, HttpSettings, ::testing::Values(SOAP_RM_FEBRUARY_2005, SOAP_RM_11));

// The fault proxy passes requests on to its one server, whatever address they name.
TEST_P(HttpSettings, AProxyCarriesAllExchanges) {
  echoes_.client()->proxy_host = "127.0.0.1";
  echoes_.client()->proxy_port = echoes_.network().port();
  echoes_.address = "http://service.example/echoes";
  echoes_.ExpectCallsToSurviveLosses();
  for (const proxy::Exchange& exchange : echoes_.network().exchanges()) {
    EXPECT_EQ(exchange.request.bytes.rfind("POST http://service.example/echoes HTTP/1.1\r\n", 0), 0u)
        << exchange.request.head();
    EXPECT_NE(exchange.request.Content().find(">http://service.example/echoes</"), std::string::npos);
  }
}

// The application sets them for each call, as gSOAP forgets them with each message.
TEST_P(HttpSettings, AUserIsNamedInEveryExchangeOfACall) {
  echoes_.operation = [](struct soap* soap) {
    EXPECT_STREQ(soap->userid, "alice");
    EXPECT_STREQ(soap->passwd, "secret");
    return SOAP_OK;
  };
  echoes_.network().AddRule({proxy::Fault::kDropRequest, ":Sequence>", 1});
  echoes_.client()->userid = "alice";
  echoes_.client()->passwd = "secret";
  EXPECT_EQ(echoes_.Call("text"), "text");
  const auto exchanges = echoes_.network().exchanges();
  ASSERT_GE(exchanges.size(), 3u);  // CreateSequence, the lost request, the request
  for (const proxy::Exchange& exchange : exchanges)
    EXPECT_EQ(exchange.request.Header("authorization"), "Basic YWxpY2U6c2VjcmV0") << exchange.request.head();
}

TEST_P(HttpSettings, HeaderLinesGoWithTheirCallAndItsRetransmission) {
  echoes_.network().AddRule({proxy::Fault::kDropResponse, "X-Trace: 7", 1});
  echoes_.client()->http_extra_header = "X-Trace: 7";
  EXPECT_EQ(echoes_.Call("one"), "one");
  EXPECT_EQ(echoes_.Call("two"), "two");
  int with = 0;
  for (const proxy::Exchange& exchange : echoes_.network().exchanges()) {
    if (exchange.request.Content().find(">two<") != std::string::npos) {
      EXPECT_EQ(exchange.request.Header("x-trace"), "");
    }
    if (exchange.request.Content().find(">one<") != std::string::npos)
      with += exchange.request.Header("x-trace") == "7";
  }
  EXPECT_GE(with, 1);
  EXPECT_EQ(echoes_.executions(), 2);
}

TEST_P(HttpSettings, OneConnectionCarriesManyCalls) {
  for (int i = 0; i < 20; i++) EXPECT_EQ(echoes_.Call("text"), "text");
  for (const proxy::Exchange& exchange : echoes_.network().exchanges()) {
    EXPECT_EQ(exchange.request.Header("connection"), "keep-alive");
    EXPECT_EQ(exchange.response.Header("connection"), "keep-alive");
  }
}

}  // namespace
}  // namespace gsoaprm::testing
