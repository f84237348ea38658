// What a server lets gSOAP's parser see: nothing that is over a limit, whatever the HTTP header calls it and however it
// comes. A message that is refused leaves the sessions and the connection as they were.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "gsoap/http/echoes.h"
#include "gsoap/http/requests.h"
#include "gsoap/support/raw_http.h"
#include "support/compression.h"
#include "wire/reader_limits.h"

namespace gsoaprm::testing {
namespace {

using wire::SoapVersion;

constexpr char kEcho[] = "urn:gsoaprm:echoes/Echo";
const wire::ReaderLimits kLimits;

std::string Repeat(const std::string& text, std::size_t count) {
  std::string repeated;
  for (std::size_t i = 0; i < count; i++) repeated += text;
  return repeated;
}

// Elements with n of these, each with a name of its own, at most a hundred on one.
std::string ElementsWith(const std::string& attribute, std::size_t count, std::size_t on_one) {
  std::string elements = "<x";
  for (std::size_t i = 0; i < count; i++) {
    if (i > 0 && i % on_one == 0) elements += "/><x";
    elements += " " + attribute + std::to_string(i) + "=\"u\"";
  }
  return elements + "/>";
}

// A request of the contract with this in its body, beside the parameter.
std::string RequestWith(const std::string& element, SoapVersion version) {
  std::string request = EchoRequest("text", version);
  request.insert(request.find("</t:Echo>"), element);
  return request;
}

struct BodyLimit {
  const char* name;
  std::size_t limit;
  std::size_t outside;  // of what is limited, around the element
  std::function<std::string(std::size_t)> element;
  const char* reason;
};

void PrintTo(const BodyLimit& limit, std::ostream* out) { *out << limit.name; }

class LimitOfTheBody : public ::testing::TestWithParam<std::tuple<BodyLimit, SoapVersion>> {
 protected:
  Echoes echoes_{QuickOptions(SOAP_RM_11), QuickOptions(SOAP_RM_11)};
};

INSTANTIATE_TEST_SUITE_P(
    Server, LimitOfTheBody,
    ::testing::Combine(
        ::testing::Values(BodyLimit{"Depth", kLimits.depth, 3,
                                    [](std::size_t n) { return Repeat("<x>", n) + Repeat("</x>", n); },
                                    "nested too deeply"},
                          BodyLimit{"Attributes", kLimits.attributes_per_element, 0,
                                    [](std::size_t n) { return ElementsWith("a", n, n); }, "too many attributes"},
                          BodyLimit{"Namespaces", kLimits.namespaces_per_element, 0,
                                    [](std::size_t n) { return ElementsWith("xmlns:n", n, n); }, "too many namespaces"},
                          BodyLimit{"Names", kLimits.guard.attribute_names, 2,
                                    [](std::size_t n) { return ElementsWith("a", n, 100); }, "different attributes"}),
        ::testing::Values(SoapVersion::k11, SoapVersion::k12)),
    [](const auto& p) {
      return std::string(std::get<0>(p.param).name) + (std::get<1>(p.param) == SoapVersion::k11 ? "Soap11" : "Soap12");
    });

TEST_P(LimitOfTheBody, HoldsWhateverTheTypeIsCalledAndHoweverItComes) {
  const auto& [limit, version] = GetParam();
  const std::string type(wire::ContentType(version));
  int expected = 0;
  for (const std::size_t n : {limit.limit - 1, limit.limit, limit.limit + 1}) {
    const std::string request = RequestWith(limit.element(n - limit.outside), version);
    for (const std::string& bytes :
         {Post(type, request), PostInChunks(type, request), Post("application/xml", request), Post("", request),
          Post("application/octet-stream", request), Post(type, Gzipped(request), "Content-Encoding: gzip\r\n")}) {
      // One connection: what is refused does not end it.
      RawConnection connection(echoes_.port());
      for (int i = 0; i < 2; i++) {
        const HttpAnswer answer = connection.Exchange(bytes);
        EXPECT_EQ(answer.status, n > limit.limit ? 500 : 200) << n << answer.header << answer.body;
        EXPECT_EQ(answer.body.find(limit.reason) != std::string::npos, n > limit.limit) << answer.body;
      }
      if (n <= limit.limit) expected += 2;
    }
  }
  EXPECT_EQ(echoes_.executions(), expected);
}

class HostileInput : public ::testing::Test {
 protected:
  // An honest session goes on beside it, and nothing is executed.
  void ExpectHarmless(const std::function<void(RawConnection&)>& attack) {
    RawSession session(wire::RmVersion::k11, true);
    RawConnection honest(echoes_.port());
    session.Created(honest.Exchange(session.Create()));
    const auto call = [&](std::uint64_t number) {
      const std::string body = "<t:Echo xmlns:t=\"urn:gsoaprm:echoes\"><text>honest</text></t:Echo>";
      EXPECT_EQ(honest.Exchange(session.Message(number, kEcho, body, true)).status, 200);
    };
    call(1);
    RawConnection connection(echoes_.port());
    attack(connection);
    call(2);
    EXPECT_EQ(echoes_.executions(), 2);
  }
  Echoes echoes_{QuickOptions(SOAP_RM_11), QuickOptions(SOAP_RM_11)};
};

TEST_F(HostileInput, WithADoctypeOrAnInstructionIsRefusedByASenderFault) {
  for (const char* markup : {"<!DOCTYPE x [<!ENTITY a \"b\">]>", "<?pi?>"}) {
    for (const SoapVersion version : {SoapVersion::k11, SoapVersion::k12}) {
      for (const std::string& request : {markup + EchoRequest("text", version), RequestWith(markup, version)}) {
        const HttpAnswer answer =
            RawConnection(echoes_.port()).Exchange(Post(std::string(wire::ContentType(version)), request));
        EXPECT_EQ(answer.status, 500);
        ASSERT_NE(answer.Envelope().fault(), nullptr) << answer.body;
        EXPECT_TRUE(answer.Envelope().fault()->sender);
        EXPECT_NE(answer.Envelope().fault()->reason.find("not allowed"), std::string::npos) << answer.body;
        EXPECT_EQ(answer.Envelope().protocol.soap, version);
      }
    }
  }
  EXPECT_EQ(echoes_.executions(), 0);
}

TEST_F(HostileInput, ThatIsNoHttpEndsTheConnection) {
  const std::string envelope = EchoRequest("text");
  const std::string multipart = "--b\r\nContent-Type: text/xml\r\n\r\n" + envelope + "\r\n--b--";
  for (const std::string& bytes : {envelope, " \r\n\x01" + envelope, "\xef\xbb\xbf" + envelope, multipart}) {
    ExpectHarmless([&](RawConnection& connection) {
      EXPECT_EQ(connection.Exchange(bytes).status, 400) << bytes;
      EXPECT_EQ(connection.Receive().status, 0);
    });
    echoes_.ForgetExecutions();
  }
}

TEST_F(HostileInput, ThatIsNoHttpEndsTheConnectionBehindARequestToo) {
  const std::string post = Post(std::string(wire::ContentType(SoapVersion::k12)), EchoRequest("honest"));
  RawConnection behind_post(echoes_.port());
  EXPECT_EQ(behind_post.Exchange(post + EchoRequest("text")).status, 200);
  EXPECT_EQ(behind_post.Receive().status, 400);
  EXPECT_EQ(behind_post.Receive().status, 0);
  EXPECT_EQ(echoes_.executions(), 1);
  RawConnection behind_get(echoes_.port());
  behind_get.Send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + EchoRequest("text"));
  while (behind_get.Receive().status != 0) {
  }
  EXPECT_EQ(echoes_.executions(), 1);
}

TEST_F(HostileInput, WithTheHeaderOfAResponseOrOfNoMethodIsNotExecuted) {
  const std::string body = EchoRequest("text");
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  for (const char* line : {"HTTP/1.1 200 OK", "HTTP/1.1 500 No", "HTTP/1.1 404 No", "POST /", "X", "BREW / HTTP/1.1"}) {
    ExpectHarmless([&](RawConnection& connection) {
      EXPECT_NE(connection.Exchange(std::string(line) + "\r\n" + length + body).status, 200) << line;
    });
    echoes_.ForgetExecutions();
  }
}

TEST_F(HostileInput, WithinDimeIsRefused) {
  const std::string envelope = EchoRequest("text");
  std::string dime("\x0c\x20\x00\x00\x00\x00\x00\x00\x00\x00", 10);
  dime += static_cast<char>(envelope.size() >> 8);
  dime += static_cast<char>(envelope.size() & 255);
  dime += envelope + std::string((4 - envelope.size() % 4) % 4, '\0');
  ExpectHarmless([&](RawConnection& connection) {
    const HttpAnswer answer = connection.Exchange(Post("application/dime", dime));
    EXPECT_EQ(answer.status, 500) << answer.header;
    EXPECT_NE(answer.body.find("DIME"), std::string::npos) << answer.body;
  });
}

TEST_F(HostileInput, WhoseTypeOnlyGsoapTakesForMultipartIsNotExecuted) {
  const std::string multipart = "--b\r\nContent-Type: text/xml\r\n\r\n" + EchoRequest("text") + "\r\n--b--";
  for (const char* type :
       {"text/xml; multipart/related; boundary=b", "application/soap+xml; multipart/form-data; boundary=b"}) {
    ExpectHarmless(
        [&](RawConnection& connection) { EXPECT_NE(connection.Exchange(Post(type, multipart)).status, 200) << type; });
    echoes_.ForgetExecutions();
  }
}

// gSOAP stops reading where it is no XML; what is left of the body is not the next request.
TEST_F(HostileInput, WhoseBodyIsNotReadToItsEndHidesNoRequest) {
  const std::string type(wire::ContentType(SoapVersion::k12));
  const std::string hidden = Post(type, EchoRequest("hidden"));
  const std::string honest = Post(type, EchoRequest("honest"));
  for (const std::size_t before : {0u, 1000u, 65536u, 70000u, 200000u}) {
    for (const std::string& body :
         {"no XML" + std::string(before, ' ') + hidden, std::string(before + 1, '\n') + hidden,
          "<x/>" + std::string(before, ' ') + "<!--" + hidden + "-->"}) {
      RawConnection refused(echoes_.port());
      const HttpAnswer answer = refused.Exchange(Post(type, body) + honest);
      EXPECT_NE(answer.status, 200) << before << answer.body;
      EXPECT_TRUE(answer.status == 0 || answer.closes() || refused.Receive().status == 200) << before;
      // What claims to be no SOAP gets no answer of a generated service.
      const HttpAnswer next = RawConnection(echoes_.port()).Exchange(Post("application/octet-stream", body) + honest);
      EXPECT_NE(next.body.find("honest"), std::string::npos) << before << next.body;
    }
  }
  EXPECT_EQ(echoes_.hidden, 0);
}

TEST_F(HostileInput, WithAnEndlessHttpHeaderEndsTheConnection) {
  ExpectHarmless([](RawConnection& connection) {
    connection.Send("POST / HTTP/1.1\r\n");
    const std::string lines = Repeat("SOAPAction: \"" + std::string(1000, 'x') + "\"\r\n", 64);
    // Twice the limit and what gSOAP's buffer takes beyond it.
    for (int i = 0; i < 4; i++) connection.Send(lines);
    EXPECT_NE(connection.Receive().status, 200);
    EXPECT_EQ(connection.Receive().status, 0);
  });
}

TEST_F(HostileInput, OfALargeHttpHeaderIsRead) {
  const std::string lines = Repeat("X: " + std::string(1000, 'x') + "\r\n", 60);
  EXPECT_EQ(RawConnection(echoes_.port())
                .Exchange(Post(std::string(wire::ContentType(SoapVersion::k12)), EchoRequest("text"), lines))
                .status,
            200);
}

// reliable_session_required is no matter of the content type, nor of drafts that gSOAP takes for SOAP 1.2.
TEST(ReliableSessionRequired, HoldsForEveryTypeAndEnvelope) {
  soap_rm_options options = QuickOptions(SOAP_RM_11);
  options.reliable_session_required = 1;
  Echoes echoes(QuickOptions(SOAP_RM_11), options);
  std::string draft = EchoRequest("text");
  draft.replace(draft.find("2003/05"), 7, "2001/12");
  for (const std::string& request : {EchoRequest("text"), draft}) {
    for (const char* type : {"application/soap+xml", "application/xml", "application/octet-stream", ""})
      EXPECT_NE(RawConnection(echoes.port()).Exchange(Post(type, request)).status, 200) << type;
  }
  EXPECT_EQ(echoes.executions(), 0);
}

}  // namespace
}  // namespace gsoaprm::testing
