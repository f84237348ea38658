// What a client lets gSOAP's parser see of an answer, and how long it reads one.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>

#include "gsoap/either_version.h"

namespace gsoaprm::testing {
namespace {

using wire::RmAction;

class ClientGuard : public EitherVersion {};
INSTANTIATE_TEST_SUITE_P(Versions, ClientGuard, ::testing::Values(SOAP_RM_FEBRUARY_2005, SOAP_RM_11),
                         [](const auto& p) { return p.param == SOAP_RM_11 ? "Rm11" : "Rm2005"; });

std::string BodyOf(const ServiceAnswer& answer) { return answer.bytes.substr(answer.bytes.find("\r\n\r\n") + 4); }

std::string Nested(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; i++) text += "<x>";
  for (std::size_t i = 0; i < count; i++) text += "</x>";
  return text;
}

std::string Attributes(std::size_t count) {
  std::string text = "<x";
  for (std::size_t i = 0; i < count; i++) text += " a" + std::to_string(i) + "=\"\"";
  return text + "/>";
}

// Calls a service whose replies have this at the end of their bodies; an empty string when the call succeeds.
class HostileService {
 public:
  HostileService(const soap_rm_options& options, const std::string& addition)
      : service_([this, addition](const ServiceRequest& request, ServiceAnswer* answer) {
          if (!request.number || request.envelope.rm_action != RmAction::kNone) return false;
          std::string body = BodyOf(service_.Answer(request));
          const std::size_t end = body.rfind("</", body.rfind("Body>"));
          body.insert(end, addition);
          *answer = Http(200, kSoap12Type, body);
          return true;
        }),
        program_(service_.url(), options) {}
  double Sum() { return program_.Sum(1, 2); }
  TestClient& program() { return program_; }
  const ClientService& service() const { return service_; }

 private:
  ClientService service_;
  TestClient program_;
};

TEST_P(ClientGuard, AnAnswerOverALimitEndsTheSessionAndIsNotParsed) {
  // Envelope and Body are around it.
  for (const std::size_t depth : {125u, 126u, 127u}) {
    HostileService hostile(Options(), Nested(depth));
    EXPECT_EQ(std::isnan(hostile.Sum()), depth > 126) << depth << hostile.program().Fault();
  }
  for (const std::string& addition : {Attributes(257), std::string("<!DOCTYPE x>"), std::string("<?x?>")}) {
    HostileService hostile(Options(), addition);
    EXPECT_TRUE(std::isnan(hostile.Sum()));
    EXPECT_STREQ(hostile.program().Error().code, "UnreadableAnswer") << hostile.program().Fault();
    EXPECT_EQ(hostile.program().State(), SOAP_RM_FAULTED);
    EXPECT_EQ(Messages(hostile.service()), 1) << "nothing is sent again";
  }
}

TEST_P(ClientGuard, AnAnswerThatIsNotReadInTimeCountsAsLost) {
  std::atomic<int> answers{0};
  ClientService* own = nullptr;
  ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
    if (!request.number || request.envelope.rm_action != RmAction::kNone || answers++ > 0) return false;
    *answer = own->Answer(request);
    // The rest never comes, and the connection stays.
    answer->bytes.resize(answer->bytes.size() - 10);
    return true;
  });
  own = &service;
  soap_rm_options options = Options();
  options.read_timeout = 50;
  TestClient program(service.url(), options);
  EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
  EXPECT_GE(Messages(service), 2);
}

TEST_P(ClientGuard, AnAnswerWithAnEndlessHeaderCountsAsLost) {
  std::atomic<int> answers{0};
  ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
    if (!request.number || request.envelope.rm_action != RmAction::kNone || answers++ > 0) return false;
    answer->bytes = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 4000; i++)
      answer->bytes += "Set-Cookie: a" + std::to_string(i) + "=" + std::string(60, 'x') + "\r\n";
    return true;
  });
  TestClient program(service.url(), Options());
  EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
  EXPECT_GE(Messages(service), 2);
}

}  // namespace
}  // namespace gsoaprm::testing
