// What a client with the plugin makes of HTTP: addresses, header lines, encodings, the size and the end of an answer.
#include <gtest/gtest.h>

#include <cmath>

#include "gsoap/either_version.h"
#include "gsoap/gzip.h"
#include "gsoap/support/raw_http.h"

namespace gsoaprm::testing {
namespace {

using wire::RmAction;

class ClientOverHttp : public EitherVersion {};

INSTANTIATE_TEST_SUITE_P(Versions, ClientOverHttp, BothRmVersions(), RmVersionName);

std::string BodyOf(const ServiceAnswer& answer) { return answer.bytes.substr(answer.bytes.find("\r\n\r\n") + 4); }

// The ways to say how long an answer is.
ServiceAnswer WithLength(const std::string& body) { return Http(200, kSoap12Type, body); }

ServiceAnswer InChunks(const std::string& body) {
  char size[16];
  std::snprintf(size, sizeof size, "%zx", body.size() - 10);
  ServiceAnswer answer;
  answer.bytes = std::string("HTTP/1.1 200 OK\r\nContent-Type: ") + kSoap12Type +
                 "\r\nTransfer-Encoding: chunked\r\n\r\na\r\n" + body.substr(0, 10) + "\r\n" + size + "\r\n" +
                 body.substr(10) + "\r\n0\r\n\r\n";
  return answer;
}

ServiceAnswer UntilTheEnd(const std::string& body) {
  ServiceAnswer answer;
  answer.bytes =
      std::string("HTTP/1.1 200 OK\r\nContent-Type: ") + kSoap12Type + "\r\nConnection: close\r\n\r\n" + body;
  return answer;
}

ServiceAnswer InGzip(const std::string& body) {
  std::string packed;
  EXPECT_TRUE(binding::Gzip(body, &packed));
  return Http(200, kSoap12Type, packed, "Content-Encoding: gzip\r\n");
}

struct Framing {
  const char* name;
  ServiceAnswer (*answer)(const std::string& body);
};
constexpr Framing kFramings[] = {
    {"with its length", WithLength}, {"in chunks", InChunks}, {"until the end", UntilTheEnd}, {"in gzip", InGzip}};

TEST_P(ClientOverHttp, SendsToTheViaAndNamesTheEndpointInTo) {
  ClientService service;
  soap_rm_options options = Options();
  std::snprintf(options.via, sizeof options.via, "http://127.0.0.1:%d/router", service.port());
  TestClient program("http://service.example/calculator", options);
  EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
  const ServiceRequest sent = service.requests(RmAction::kNone)[0];
  EXPECT_EQ(sent.header.substr(0, 13), "POST /router ");
  EXPECT_EQ(sent.Header("Host"), "127.0.0.1:" + std::to_string(service.port()));
  EXPECT_EQ(sent.envelope.addressing.to, Uri("http://service.example/calculator"));
}

TEST_P(ClientOverHttp, KeepsItsConnection) {
  ClientService service;
  TestClient program(service.url(), Options());
  for (int i = 0; i < 10; i++) EXPECT_EQ(program.Sum(i, 2), i + 2);
  EXPECT_EQ(service.connections(), 2) << "one for the calls, one for the background";
}

TEST_P(ClientOverHttp, WritesASoapActionForSoap11) {
  ClientService service;
  soap_rm_options options = Options();
  options.soap_version = SOAP_RM_SOAP_11;
  TestClient program(service.url(), options);
  EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
  const ServiceRequest sent = service.requests(RmAction::kNone)[0];
  EXPECT_EQ(sent.Header("SOAPAction"), "\"http://Microsoft.ServiceModel.Samples/ICalculator/Add\"");
  EXPECT_EQ(sent.Header("Content-Type"), "text/xml; charset=utf-8");
  EXPECT_EQ(sent.envelope.protocol.soap, wire::SoapVersion::k11);
}

TEST_P(ClientOverHttp, SendsCredentialsAndExtraHeadersWithEachCopyOfTheCall) {
  ClientService service([](const ServiceRequest& request, ServiceAnswer* answer) {
    if (!IsMessage(request, 1)) return false;
    *answer = Closed();
    return true;
  });
  TestClient program(service.url(), Options());
  program.get()->userid = "user";
  program.get()->passwd = "secret";
  program.get()->http_extra_header = "X-Test: yes";
  EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
  const auto sent = service.requests(RmAction::kNone);
  ASSERT_EQ(sent.size(), 2u);
  for (const ServiceRequest& request : sent) {
    EXPECT_EQ(request.Header("Authorization"), "Basic dXNlcjpzZWNyZXQ=");
    EXPECT_EQ(request.Header("X-Test"), "yes");
  }
}

TEST_P(ClientOverHttp, ReadsGzipAndSendsItWhenToldSo) {
  ClientService* own = nullptr;
  ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.envelope.rm_action != RmAction::kNone || !request.number) return false;
    *answer = InGzip(BodyOf(own->Answer(request)));
    return true;
  });
  own = &service;
  soap_rm_options options = Options();
  options.compress = 1;
  TestClient program(service.url(), options);
  EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
  EXPECT_EQ(service.requests(RmAction::kNone)[0].Header("Content-Encoding"), "gzip");
  EXPECT_NE(service.requests(RmAction::kNone)[0].Header("Accept-Encoding").find("gzip"), std::string::npos);
}

TEST_P(ClientOverHttp, RefusesAnAnswerAboveTheMaximumMessageSize) {
  constexpr std::size_t kLimit = 4096;
  for (const Framing& framing : kFramings) {
    for (const std::size_t size : {kLimit - 1, kLimit, kLimit + 1}) {
      SCOPED_TRACE(std::to_string(size) + " bytes " + framing.name);
      ClientService* own = nullptr;
      ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
        if (request.envelope.rm_action != RmAction::kNone || !request.number) return false;
        std::string body = BodyOf(own->Answer(request));
        body.append(size - body.size(), ' ');
        *answer = framing.answer(body);
        return true;
      });
      own = &service;
      soap_rm_options options = Options();
      options.max_message_size = kLimit;
      options.automatic_close_timeout = 0;
      TestClient program(service.url(), options);
      if (size <= kLimit) {
        EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
      } else {
        EXPECT_TRUE(std::isnan(program.Sum(1, 2)));
        EXPECT_NE(program.Fault().find("max_message_size"), std::string::npos) << program.Fault();
        EXPECT_NE(program.Fault().find("4096"), std::string::npos) << program.Fault();
      }
    }
  }
}

// Little to read that becomes much: what is inflated is counted before it is kept.
TEST_P(ClientOverHttp, RefusesABombOfGzip) {
  ClientService service([](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.envelope.rm_action != RmAction::kNone || !request.number) return false;
    *answer = InGzip(std::string(50 * 1024 * 1024, ' '));
    EXPECT_LT(answer->bytes.size(), 100000u);
    return true;
  });
  soap_rm_options options = Options();
  options.max_message_size = 200000;
  TestClient program(service.url(), options);
  EXPECT_TRUE(std::isnan(program.Sum(1, 2)));
  EXPECT_STREQ(program.Error().code, "AnswerTooLarge") << program.Fault();
}

// The operation has run, and whatever is sent again brings the same answer.
TEST_P(ClientOverHttp, EndsTheSessionWhenAReplyIsTooLargeOrUnreadable) {
  struct Case {
    const char* code;
    std::string lines, type, body;
  };
  const std::string two_acks =
      "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:r=\"" +
      std::string(wire::RmNamespace(is_11() ? wire::RmVersion::k11 : wire::RmVersion::kFebruary2005)) +
      "\"><s:Header><r:SequenceAcknowledgement><r:Identifier>a</r:Identifier><r:None/></r:SequenceAcknowledgement>"
      "<r:SequenceAcknowledgement><r:Identifier>a</r:Identifier><r:None/></r:SequenceAcknowledgement></s:Header>"
      "<s:Body/></s:Envelope>";
  const Case cases[] = {{"AnswerTooLarge", "", kSoap12Type, std::string(5000, ' ')},
                        {"UnreadableAnswer", "", kSoap12Type, two_acks},
                        {"UnknownEncoding", "Content-Encoding: br\r\n", kSoap12Type, "x"}};
  for (const Case& each : cases) {
    SCOPED_TRACE(each.code);
    ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
      if (!request.number) return false;
      *answer = Http(200, each.type, each.body, each.lines);
      return true;
    });
    soap_rm_options options = Options();
    options.max_message_size = 4096;
    TestClient program(service.url(), options);
    EXPECT_TRUE(std::isnan(program.Sum(1, 2)));
    EXPECT_STREQ(program.Error().code, each.code) << program.Fault();
    EXPECT_EQ(program.Error().error_class, SOAP_RM_SEQUENCE_DEAD);
    EXPECT_EQ(program.Error().outcome, SOAP_RM_EXECUTED);
    EXPECT_EQ(program.State(), SOAP_RM_FAULTED);
    EXPECT_NE(WaitForFault(service, 1).find("SequenceTerminated"), std::string::npos) << "the service is told";
    EXPECT_EQ(Messages(service), 1) << "nothing is sent again";
  }
}

TEST_P(ClientOverHttp, FailsToOpenAtOnceWhenTheAnswerIsTooLarge) {
  ClientService service([&](const ServiceRequest&, ServiceAnswer* answer) {
    *answer = Http(200, kSoap12Type, std::string(5000, ' '));
    return true;
  });
  soap_rm_options options = Options();
  options.max_message_size = 4096;
  TestClient program(service.url(), options);
  EXPECT_TRUE(std::isnan(program.Sum(1, 2)));
  EXPECT_STREQ(program.Error().code, "AnswerTooLarge") << program.Fault();
  EXPECT_EQ(program.Error().outcome, SOAP_RM_NOT_SENT);
  EXPECT_EQ(service.requests().size(), 1u);
}

TEST_P(ClientOverHttp, ReadsAnswersHoweverTheySayTheirLength) {
  for (const Framing& framing : kFramings) {
    SCOPED_TRACE(framing.name);
    ClientService* own = nullptr;
    ClientService service([&](const ServiceRequest& request, ServiceAnswer* answer) {
      if (request.envelope.rm_action != RmAction::kNone || !request.number) return false;
      *answer = framing.answer(BodyOf(own->Answer(request)));
      return true;
    });
    own = &service;
    TestClient program(service.url(), Options());
    EXPECT_EQ(program.Sum(1, 2), 3) << program.Fault();
    EXPECT_EQ(program.Sum(3, 4), 7) << program.Fault();
  }
}

TEST_P(ClientOverHttp, LeavesMessagesThatAreNotSoapToGsoap) {
  ClientService service([](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.header.compare(0, 4, "GET ") != 0) return false;
    *answer = Http(200, "text/plain", "hello");
    return true;
  });
  TestClient program(service.url(), Options());
  for (int i = 0; i < 2; i++) {
    EXPECT_EQ(program.Sum(1, i), 1 + i) << program.Fault();
    ASSERT_EQ(soap_GET(program.get(), service.url().c_str(), nullptr), SOAP_OK) << program.Fault();
    ASSERT_EQ(soap_begin_recv(program.get()), SOAP_OK) << program.Fault();
    const char* const body = soap_http_get_body(program.get(), nullptr);
    EXPECT_STREQ(body, "hello");
    soap_end_recv(program.get());
    soap_closesock(program.get());
  }
}

}  // namespace
}  // namespace gsoaprm::testing
