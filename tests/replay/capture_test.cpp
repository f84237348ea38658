#include "replay/capture.h"

#include <gtest/gtest.h>

namespace gsoaprm::replay {
namespace {

constexpr char kText[] =
    "==== 001 client -> server ====\n"
    "# t=0.500 PROXY: drop-response\n"
    "POST /calc HTTP/1.1\n"
    "Host: localhost:PROXYPORT\n"
    "Content-Type: text/xml; charset=utf-8\n"
    "\n"
    "<a>\n"
    "  <b>one\n"
    "two</b>\n"
    "  <c/>\n"
    "</a>\n"
    "\n"
    "==== ... 12 exchanges left out (see index.txt) ...\n"
    "==== 002 server -> (duplicate, not passed on) ====\n"
    "# t=0.250 answer to the duplicate; not given to the client\n"
    "HTTP/1.1 202 Accepted\n"
    "Content-Length: 0\n"
    "\n"
    "\n";

TEST(ParseExchanges, OrdersMessagesByTime) {
  const auto events = ParseExchanges(kText);
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 2u);
  EXPECT_EQ((*events)[0].exchange, 2);
  EXPECT_EQ((*events)[0].direction, Direction::kResponseToCopy);
  EXPECT_EQ((*events)[0].message.status(), 202);
  EXPECT_EQ((*events)[0].message.body, "");
  EXPECT_EQ((*events)[1].exchange, 1);
  EXPECT_EQ((*events)[1].direction, Direction::kRequest);
}

TEST(ParseExchanges, TakesOutWhiteSpaceBetweenElementsAndKeepsItInText) {
  const auto events = ParseExchanges(kText);
  ASSERT_TRUE(events);
  EXPECT_EQ((*events)[1].message.body, "<a><b>one\ntwo</b><c/></a>");
}

TEST(ParseExchanges, KnowsWhatTheIntermediaryDid) {
  const auto events = ParseExchanges(kText);
  ASSERT_TRUE(events);
  EXPECT_EQ((*events)[1].rule, "drop-response");
  EXPECT_TRUE((*events)[1].from_service_or_to_it());
  Event swallowed;
  swallowed.rule = "hang:60";
  EXPECT_FALSE(swallowed.from_service_or_to_it());
}

TEST(ParseExchanges, FindsHeadersWithoutRegardToCase) {
  const auto events = ParseExchanges(kText);
  ASSERT_TRUE(events);
  EXPECT_EQ((*events)[1].message.Header("content-type"), "text/xml; charset=utf-8");
  EXPECT_EQ((*events)[1].message.Header("SOAPAction"), "");
}

TEST(ParseExchanges, RefusesAnotherFormat) {
  EXPECT_FALSE(ParseExchanges("GET / HTTP/1.1\n"));
  EXPECT_FALSE(ParseExchanges("==== 001 client -> server ====\nPOST / HTTP/1.1\n\n"));
}

TEST(LoadCapture, KnowsCommandsAndBrokenConnections) {
  const Capture capture = LoadCapture("rm11/server-gone");
  ASSERT_EQ(capture.problem, "");
  EXPECT_EQ(capture.ClientOption("--max-retry", "8"), "2");
  EXPECT_EQ(capture.ClientOption("--window", "8"), "8");
  EXPECT_EQ(capture.ServerOption("--rm", ""), "11");
  EXPECT_EQ(capture.BrokenExchange(3), Broken::kRefused);
  EXPECT_EQ(capture.BrokenExchange(2), Broken::kNo);
  EXPECT_TRUE(capture.Has(2, Direction::kResponse));
  EXPECT_FALSE(capture.Has(3, Direction::kResponse));
}

TEST(LoadCapture, SaysWhenThereIsNone) { EXPECT_NE(LoadCapture("rm11/nothing").problem, ""); }

}  // namespace
}  // namespace gsoaprm::replay
