// The limits on what a peer may write into a header hold at the server: at limit - 1, limit and limit + 1.
#include <gtest/gtest.h>

#include <functional>

#include "gsoap/http/echoes.h"
#include "gsoap/http/requests.h"
#include "gsoap/support/raw_http.h"
#include "wire/envelope_writer.h"
#include "wire/reader_limits.h"

namespace gsoaprm::testing {
namespace {

std::string Repeat(const std::string& text, std::size_t count) {
  std::string repeated;
  for (std::size_t i = 0; i < count; i++) repeated += text;
  return repeated;
}

// An element with n of these, each with a name of its own.
std::string ElementWith(const std::string& attribute, std::size_t count) {
  std::string element = "<x";
  for (std::size_t i = 0; i < count; i++) element += " " + attribute + std::to_string(i) + "=\"u\"";
  return element + "/>";
}

struct HeaderLimit {
  const char* name;
  std::size_t limit;
  std::function<std::string(std::size_t)> blocks;  // of a header with n of what is limited
};

class LimitOfTheHeader : public ::testing::TestWithParam<HeaderLimit> {};

const wire::ReaderLimits kLimits;

INSTANTIATE_TEST_SUITE_P(
    Server, LimitOfTheHeader,
    ::testing::Values(
        HeaderLimit{"Blocks", kLimits.header_blocks, [](std::size_t n) { return Repeat("<x/>", n); }},
        // Envelope and Header are two.
        HeaderLimit{"Depth", kLimits.depth, [](std::size_t n) { return Repeat("<x>", n - 2) + Repeat("</x>", n - 2); }},
        HeaderLimit{"Attributes", kLimits.attributes_per_element, [](std::size_t n) { return ElementWith("a", n); }},
        HeaderLimit{"Namespaces", kLimits.namespaces_per_element,
                    [](std::size_t n) { return ElementWith("xmlns:n", n); }},
        HeaderLimit{"Bytes", kLimits.header_bytes,
                    [](std::size_t n) {
                      return "<x>" + std::string(n - std::string("<s:Header><x></x></s:Header>").size(), 'x') + "</x>";
                    }}),
    [](const auto& p) { return p.param.name; });

TEST_P(LimitOfTheHeader, Holds) {
  Echoes echoes(QuickOptions(SOAP_RM_11), QuickOptions(SOAP_RM_11));
  const std::size_t limit = GetParam().limit;
  for (const std::size_t n : {limit - 1, limit, limit + 1}) {
    std::string request = EchoRequest("text");
    request.insert(request.find("<s:Body>"), "<s:Header>" + GetParam().blocks(n) + "</s:Header>");
    const HttpAnswer answer =
        RawConnection(echoes.port()).Exchange(Post("application/soap+xml; charset=utf-8", request));
    EXPECT_EQ(answer.status, n > limit ? 500 : 200) << n << answer.body;
    EXPECT_EQ(answer.Envelope().fault() != nullptr, n > limit) << answer.body;
  }
  EXPECT_EQ(echoes.executions(), 2);
}

// Message 2 of a session, with the acknowledgement of reply 1 and these elements in it.
std::string MessageAcknowledging(const RawSession& session, const std::string& elements) {
  wire::Envelope envelope = session.Application(
      2, "urn:gsoaprm:echoes/Echo", "<t:Echo xmlns:t=\"urn:gsoaprm:echoes\"><text>two</text></t:Echo>", true);
  envelope.acknowledgement = wire::AcknowledgementHeader{session.offered(), {}, false, std::nullopt};
  wire::WrittenMessage message = wire::WriteEnvelope(envelope);
  const std::string none = "<r:None/>";
  const std::size_t at = message.entity.find(none);
  EXPECT_NE(at, std::string::npos) << message.entity;
  if (at != std::string::npos) message.entity.replace(at, none.size(), elements);
  return Post(message.content_type, message.entity);
}

void ExpectLimitOfAcknowledgement(std::size_t limit, const std::string& element, const std::string& reason) {
  for (const std::size_t n : {limit - 1, limit, limit + 1}) {
    Echoes echoes(QuickOptions(SOAP_RM_11), QuickOptions(SOAP_RM_11));
    RawSession session(wire::RmVersion::k11, true);
    session.Created(RawConnection(echoes.port()).Exchange(session.Create()));
    const std::string one = "<t:Echo xmlns:t=\"urn:gsoaprm:echoes\"><text>one</text></t:Echo>";
    EXPECT_EQ(RawConnection(echoes.port()).Exchange(session.Message(1, "urn:gsoaprm:echoes/Echo", one, true)).status,
              200);
    const HttpAnswer answer = RawConnection(echoes.port()).Exchange(MessageAcknowledging(session, Repeat(element, n)));
    EXPECT_EQ(answer.status, n > limit ? 500 : 200) << n << answer.body;
    EXPECT_EQ(answer.body.find(reason) != std::string::npos, n > limit) << n << answer.body;
    EXPECT_EQ(echoes.executions(), n > limit ? 1 : 2);
  }
}

TEST(LimitOfTheAcknowledgement, HoldsForRanges) {
  ExpectLimitOfAcknowledgement(kLimits.ranges, "<r:AcknowledgementRange Lower=\"1\" Upper=\"1\"/>", "too many ranges");
}

TEST(LimitOfTheAcknowledgement, HoldsForNacks) {
  ExpectLimitOfAcknowledgement(kLimits.nacks, "<r:Nack>1</r:Nack>", "too many Nacks");
}

}  // namespace
}  // namespace gsoaprm::testing
