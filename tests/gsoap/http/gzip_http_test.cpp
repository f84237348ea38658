// Compressed bodies, both ways; a proxy between; the limit on what is inflated.
#include <gtest/gtest.h>
#include <zlib.h>

#include "gsoap/gzip.h"
#include "gsoap/http/echoes.h"
#include "gsoap/http/requests.h"
#include "gsoap/support/raw_http.h"
#include "support/compression.h"

namespace gsoaprm::testing {
namespace {

constexpr char kType[] = "application/soap+xml; charset=utf-8";

HttpAnswer Exchange(const Echoes& echoes, const std::string& entity, const std::string& lines) {
  return RawConnection(echoes.port()).Exchange(Post(kType, entity, lines));
}

soap_rm_options Compressing(soap_rm_protocol_version version) {
  soap_rm_options options = QuickOptions(version);
  options.compress = 1;
  return options;
}

class GzipOverHttp : public ::testing::TestWithParam<soap_rm_protocol_version> {};

INSTANTIATE_TEST_SUITE_P(Versions, GzipOverHttp, ::testing::Values(SOAP_RM_FEBRUARY_2005, SOAP_RM_11));

TEST_P(GzipOverHttp, CompressedCallsAndRepliesSurviveLosses) {
  Echoes echoes(Compressing(GetParam()), Compressing(SOAP_RM_11));
  echoes.network().AddRule({proxy::Fault::kDropRequest, "Content-Encoding: gzip", 3});
  echoes.network().AddRule({proxy::Fault::kDropResponse, "Content-Encoding: gzip", 5});
  for (const char* start : {"one", "two", "three", "four"}) {
    const std::string text = start + std::string(5000, 'x');
    EXPECT_EQ(echoes.Call(text), text);
  }
  EXPECT_EQ(echoes.executions(), 4);
  EXPECT_EQ(echoes.network().counts().dropped_requests, 1u);
  EXPECT_EQ(echoes.network().counts().dropped_responses, 1u);
  EXPECT_EQ(soap_rm_close(echoes.client(), nullptr), SOAP_OK) << FaultText(echoes.client());
}

TEST_P(GzipOverHttp, OnlyWhoHasTheOptionCompresses) {
  for (const bool client : {true, false}) {
    const soap_rm_options options = QuickOptions(GetParam());
    Echoes echoes(client ? Compressing(GetParam()) : options, client ? options : Compressing(GetParam()));
    echoes.network().Record();
    const std::string text(5000, 'x');
    EXPECT_EQ(echoes.Call(text), text);
    for (const proxy::Exchange& exchange : echoes.network().exchanges()) {
      EXPECT_EQ(exchange.request.Header("content-encoding"), client ? "gzip" : "");
      EXPECT_EQ(exchange.request.Header("accept-encoding"), client ? "gzip" : "");
      EXPECT_EQ(exchange.response.Header("content-encoding"), "");
    }
  }
}

TEST(GzipServer, ReadsGzipAndBothKindsOfDeflate) {
  Echoes echoes(QuickOptions(SOAP_RM_11), QuickOptions(SOAP_RM_11));
  const std::string request = EchoRequest("text");
  EXPECT_NE(Exchange(echoes, Gzipped(request), "Content-Encoding: gzip\r\n").body.find(">text<"), std::string::npos);
  for (const int window_bits : {MAX_WBITS, -MAX_WBITS})
    EXPECT_NE(Exchange(echoes, Compressed(request, window_bits), "Content-Encoding: deflate\r\n").body.find(">text<"),
              std::string::npos);
  EXPECT_EQ(echoes.executions(), 3);
}

TEST(GzipServer, ReadsChunkedGzip) {
  Echoes echoes(QuickOptions(SOAP_RM_11), QuickOptions(SOAP_RM_11));
  const HttpAnswer answer =
      RawConnection(echoes.port())
          .Exchange(PostInChunks(kType, Gzipped(EchoRequest("text")), "Content-Encoding: gzip\r\n"));
  EXPECT_NE(answer.body.find(">text<"), std::string::npos) << answer.header << answer.body;
}

TEST(GzipServer, CompressesRepliesForThoseWhoTakeThem) {
  Echoes echoes(QuickOptions(SOAP_RM_11), Compressing(SOAP_RM_11));
  RawSession session(wire::RmVersion::k11, true);
  session.Created(RawConnection(echoes.port()).Exchange(session.Create()));
  const std::string body =
      "<t:Echo xmlns:t=\"urn:gsoaprm:echoes\"><text>" + std::string(5000, 'x') + "</text></t:Echo>";
  const wire::Envelope request = session.Application(1, "urn:gsoaprm:echoes/Echo", body, true);
  HttpAnswer answer =
      RawConnection(echoes.port()).Exchange(RawSession::Written(request, "Accept-Encoding: deflate, gzip\r\n"));
  EXPECT_NE(answer.header.find("Content-Encoding: gzip"), std::string::npos) << answer.header;
  std::string plain;
  EXPECT_EQ(binding::Inflate(answer.body, 1 << 20, &plain), binding::InflateResult::kOk);
  // The copy takes no gzip: the same reply comes plain.
  answer = RawConnection(echoes.port()).Exchange(RawSession::Written(request));
  EXPECT_EQ(answer.header.find("Content-Encoding"), std::string::npos) << answer.header;
  EXPECT_EQ(answer.body, plain);
  EXPECT_EQ(echoes.executions(), 1);
}

TEST(GzipServer, InflatesNoMoreThanMaxMessageSize) {
  constexpr std::size_t kMaximum = 20000;
  soap_rm_options options = QuickOptions(SOAP_RM_11);
  options.max_message_size = kMaximum;
  Echoes echoes(QuickOptions(SOAP_RM_11), options);
  const std::string gzip = "Content-Encoding: gzip\r\n";
  EXPECT_EQ(Exchange(echoes, Gzipped(EchoRequestOf(kMaximum - 1)), gzip).status, 200);
  EXPECT_EQ(Exchange(echoes, Gzipped(EchoRequestOf(kMaximum)), gzip).status, 200);
  const HttpAnswer refused = Exchange(echoes, Gzipped(EchoRequestOf(kMaximum + 1)), gzip);
  EXPECT_NE(refused.status, 200);
  EXPECT_NE(refused.body.find("max_message_size"), std::string::npos) << refused.header << refused.body;
  EXPECT_EQ(echoes.executions(), 2);
}

TEST(GzipServer, SaysThatACompressedRequestIsDamaged) {
  Echoes echoes(QuickOptions(SOAP_RM_11), QuickOptions(SOAP_RM_11));
  const std::string whole = Gzipped(EchoRequest("text"));
  for (const std::string& damaged : {whole.substr(0, whole.size() / 2), std::string("<not compressed/>")}) {
    const HttpAnswer answer = Exchange(echoes, damaged, "Content-Encoding: gzip\r\n");
    EXPECT_NE(answer.body.find("cannot be decompressed"), std::string::npos) << answer.header << answer.body;
  }
  EXPECT_EQ(echoes.executions(), 0);
}

}  // namespace
}  // namespace gsoaprm::testing
