// What the server says to a message that it does not take: in the SOAP version of the request, which the Content-Type
// tells where the envelope cannot be read.
#include <gtest/gtest.h>

#include "gsoap/http/echoes.h"
#include "gsoap/http/requests.h"
#include "gsoap/support/raw_http.h"
#include "support/compression.h"

namespace gsoaprm::testing {
namespace {

using wire::SoapVersion;

constexpr std::size_t kMaximum = 20000;
constexpr char kGzip[] = "Content-Encoding: gzip\r\n";

class RefusedRequest : public ::testing::TestWithParam<SoapVersion> {
 protected:
  static soap_rm_options Options() {
    soap_rm_options options = QuickOptions(SOAP_RM_11);
    options.max_message_size = kMaximum;
    return options;
  }
  std::string type() const { return std::string(wire::ContentType(GetParam())); }
  std::string Request(const std::string& text) const { return EchoRequest(text, GetParam()); }
  std::string RequestOf(std::size_t size) const { return EchoRequestOf(size, GetParam()); }
  void ExpectRefused(const std::string& request, int status, const std::string& reason) {
    const HttpAnswer answer = RawConnection(echoes_.port()).Exchange(request);
    EXPECT_EQ(answer.status, status) << reason;
    EXPECT_NE(answer.header.find("Content-Type: " + type()), std::string::npos) << answer.header;
    const wire::Envelope envelope = answer.Envelope();
    EXPECT_EQ(envelope.protocol.soap, GetParam()) << answer.body;
    ASSERT_NE(envelope.fault(), nullptr) << answer.body;
    EXPECT_TRUE(envelope.fault()->sender) << answer.body;
    EXPECT_NE(envelope.fault()->reason.find(reason), std::string::npos) << answer.body;
    EXPECT_EQ(echoes_.executions(), 0);
  }
  Echoes echoes_{QuickOptions(SOAP_RM_11), Options()};
};

INSTANTIATE_TEST_SUITE_P(Versions, RefusedRequest, ::testing::Values(SoapVersion::k11, SoapVersion::k12),
                         [](const auto& p) { return p.param == SoapVersion::k11 ? "Soap11" : "Soap12"; });

TEST_P(RefusedRequest, ThatIsTooLargeIsAnsweredInItsSoapVersion) {
  const std::string reason = "max_message_size, 20000 bytes";
  const std::string request = RequestOf(kMaximum + 1);
  ExpectRefused(Post(type(), request), 500, reason);
  ExpectRefused(PostInChunks(type(), request), 500, reason);
  ExpectRefused(Post(type(), Gzipped(request), kGzip), 500, reason);
  ExpectRefused(PostInChunks(type(), Gzipped(request), kGzip), 500, reason);
}

TEST_P(RefusedRequest, OfTheLargestSizeIsTaken) {
  for (const std::size_t size : {kMaximum - 1, kMaximum}) {
    const std::string request = RequestOf(size);
    for (const std::string& bytes :
         {Post(type(), request), PostInChunks(type(), request), Post(type(), Gzipped(request), kGzip),
          PostInChunks(type(), Gzipped(request), kGzip)})
      EXPECT_EQ(RawConnection(echoes_.port()).Exchange(bytes).status, 200) << size;
  }
  EXPECT_EQ(echoes_.executions(), 8);
}

TEST_P(RefusedRequest, ThatIsDamagedIsAnsweredInItsSoapVersion) {
  const std::string whole = Gzipped(Request("text"));
  for (const std::string& damaged : {whole.substr(0, whole.size() / 2), std::string("<not compressed/>")}) {
    ExpectRefused(Post(type(), damaged, kGzip), 400, "cannot be decompressed");
    ExpectRefused(PostInChunks(type(), damaged, kGzip), 400, "cannot be decompressed");
  }
}

TEST_P(RefusedRequest, ThatIsMultipartIsAnsweredInTheSoapVersionOfItsRoot) {
  const std::string root = GetParam() == SoapVersion::k11 ? "text/xml" : "application/soap+xml";
  const std::string multipart =
      "multipart/related; type=\"application/xop+xml\"; start-info=\"" + root + "\"; boundary=\"b\"";
  ExpectRefused(Post(multipart, RequestOf(kMaximum + 1)), 500, "max_message_size");
}

TEST_P(RefusedRequest, ThatIsNestedTooDeepIsAnsweredInItsSoapVersion) {
  std::string deep = Request("text");
  std::string header = "<s:Header>";
  for (int i = 0; i < 200; i++) header += "<h>";
  for (int i = 0; i < 200; i++) header += "</h>";
  deep.insert(deep.find("<s:Body>"), header + "</s:Header>");
  ExpectRefused(Post(type(), deep), 500, "deep");
}

TEST_P(RefusedRequest, WhoseXmlIsCutShortIsAnsweredInItsSoapVersion) {
  const std::string whole = Request("text");
  for (const std::size_t size : {whole.size() - 3, whole.find("<text>"), std::size_t{14}})
    ExpectRefused(Post(type(), whole.substr(0, size)), 400, "");
}

// Neither is more waited for, nor the next request taken for the rest of this one.
TEST_P(RefusedRequest, WhoseBodyIsCutShortIsAnsweredAtOnce) {
  std::string cut = Request("text");
  cut.replace(cut.find("<text>"), 6, "<text a=\"");
  RawConnection connection(echoes_.port());
  const HttpAnswer answer = connection.Exchange(Post(type(), cut) + Post(type(), Request("next")));
  EXPECT_EQ(answer.status, 400);
  ASSERT_NE(answer.Envelope().fault(), nullptr) << answer.header << answer.body;
  EXPECT_EQ(answer.Envelope().protocol.soap, GetParam()) << answer.body;
  EXPECT_EQ(connection.Receive().status, 200);
  EXPECT_EQ(echoes_.executions(), 1);
}

}  // namespace
}  // namespace gsoaprm::testing
