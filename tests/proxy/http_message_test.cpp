#include "proxy/http_message.h"

#include <gtest/gtest.h>

namespace gsoaprm::proxy {
namespace {

// Feeds one byte after the other, and wants the message complete with the last one and not before.
HttpMessage FeedRequest(const std::string& bytes) {
  std::string buffer;
  HttpMessage message;
  for (size_t i = 0; i < bytes.size(); ++i) {
    buffer += bytes[i];
    const Progress progress = TakeRequest(&buffer, &message);
    EXPECT_EQ(progress, i + 1 == bytes.size() ? Progress::kComplete : Progress::kIncomplete) << "at byte " << i;
  }
  EXPECT_EQ(buffer, "");
  EXPECT_EQ(message.bytes, bytes);
  return message;
}

TEST(HttpMessage, EndsAfterItsContentLength) {
  const HttpMessage message = FeedRequest("POST /a HTTP/1.1\r\nContent-Length: 5\r\nHost:  b \r\n\r\nhello");
  EXPECT_EQ(message.Content(), "hello");
  EXPECT_EQ(message.Header("host"), "b");
  EXPECT_EQ(message.Header("soapaction"), "");
}

TEST(HttpMessage, EndsAfterItsLastChunk) {
  const HttpMessage message = FeedRequest(
      "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n, my world\r\n0\r\n\r\n");
  EXPECT_EQ(message.Content(), "hello, my world");
}

TEST(HttpMessage, EndsAfterTheTrailerOfItsChunks) {
  EXPECT_EQ(FeedRequest("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n").Content(),
            "x");
}

TEST(HttpMessage, EndsWithItsHeadWhenThereIsNoLength) {
  EXPECT_EQ(FeedRequest("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Content(), "");
}

TEST(HttpMessage, LeavesTheNextMessageInTheBuffer) {
  std::string buffer = "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nxGET / HTTP/1.1\r\n\r\n";
  HttpMessage message;
  EXPECT_EQ(TakeRequest(&buffer, &message), Progress::kComplete);
  EXPECT_EQ(message.Content(), "x");
  EXPECT_EQ(buffer, "GET / HTTP/1.1\r\n\r\n");
}

TEST(HttpMessage, IsBrokenWhenALengthIsNoNumber) {
  HttpMessage message;
  std::string length = "POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n";
  EXPECT_EQ(TakeRequest(&length, &message), Progress::kBroken);
  std::string chunk = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
  EXPECT_EQ(TakeRequest(&chunk, &message), Progress::kBroken);
}

TEST(HttpResponse, EndsWithTheConnectionWhenThereIsNoLength) {
  HttpMessage message;
  std::string buffer = "HTTP/1.1 200 OK\r\n\r\nsome";
  EXPECT_EQ(TakeResponse(&buffer, false, &message), Progress::kIncomplete);
  EXPECT_EQ(TakeResponse(&buffer, true, &message), Progress::kComplete);
  EXPECT_EQ(message.Content(), "some");
  EXPECT_EQ(message.status(), 200);
}

TEST(HttpResponse, IsIncompleteWhenTheConnectionEndsTooEarly) {
  HttpMessage message;
  std::string buffer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsome";
  EXPECT_EQ(TakeResponse(&buffer, true, &message), Progress::kIncomplete);
}

TEST(HttpResponse, SkipsContinue) {
  HttpMessage message;
  std::string buffer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
  EXPECT_EQ(TakeResponse(&buffer, false, &message), Progress::kComplete);
  EXPECT_EQ(message.status(), 202);
}

TEST(HttpResponse, HasNoBodyWithStatus204) {
  HttpMessage message;
  std::string buffer = "HTTP/1.1 204 No Content\r\n\r\n";
  EXPECT_EQ(TakeResponse(&buffer, false, &message), Progress::kComplete);
}

TEST(HttpResponse, SaysWhetherTheConnectionEnds) {
  HttpMessage message;
  std::string closing = "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n";
  TakeResponse(&closing, false, &message);
  EXPECT_TRUE(message.closes_connection());
  std::string staying = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  TakeResponse(&staying, false, &message);
  EXPECT_FALSE(message.closes_connection());
  std::string old = "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n";
  TakeResponse(&old, false, &message);
  EXPECT_TRUE(message.closes_connection());
}

}  // namespace
}  // namespace gsoaprm::proxy
