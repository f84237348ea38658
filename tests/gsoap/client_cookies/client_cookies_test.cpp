// Cookies that the service sets, by which load balancers keep a session at one server.
#include <gtest/gtest.h>

#include "Adder.nsmap"
#include "gsoap/client_service.h"
#include "gsoap/support/own_server.h"
#include "soapAdderProxy.h"
#include "soap_rm.h"

namespace gsoaprm::testing {
namespace {

using wire::RmAction;

class Program {
 public:
  explicit Program(const ClientService& service) : url_(service.url()) {
    soap_rm_options options;
    soap_rm_options_default(&options);
    options.reliable_messaging_version = SOAP_RM_11;
    options.retransmission_minimum = 20;
    EXPECT_EQ(soap_register_plugin_arg(soap_.get(), soap_rm, &options), SOAP_OK);
  }
  struct soap* soap() const {
    return soap_.get();
  }
  double Add(double n1, double n2) {
    AdderProxy proxy(soap(), url_.c_str());
    samples__AddResponse response;
    EXPECT_EQ(proxy.Add(n1, n2, response), SOAP_OK) << soap_.Fault();
    return response.AddResult;
  }
  int Close() { return soap_rm_close(soap(), url_.c_str()); }

 private:
  const std::string url_;
  OwnContext soap_;
};

bool SetsCookie(const ServiceRequest& request, ClientService* service, ServiceAnswer* answer) {
  if (request.envelope.rm_action != RmAction::kCreateSequence) return false;
  *answer = service->Answer(request);
  answer->bytes.insert(answer->bytes.find("\r\n") + 2, "Set-Cookie: node=seven; path=/\r\n");
  return true;
}

TEST(ClientCookies, GoWithEveryLaterMessageOnWhicheverConnection) {
  ClientService* own = nullptr;
  ClientService service([&own](const ServiceRequest& request, ServiceAnswer* answer) {
    if (SetsCookie(request, own, answer)) return true;
    if (request.number != 1 || request.sending != 1) return false;
    *answer = Closed();
    return true;
  });
  own = &service;
  Program program(service);
  EXPECT_EQ(program.Add(1, 2), 3);
  EXPECT_EQ(program.Add(3, 4), 7);
  EXPECT_EQ(program.Close(), SOAP_OK);
  const auto requests = service.requests();
  ASSERT_GE(requests.size(), 6u) << "CreateSequence, two messages and a copy, CloseSequence, TerminateSequence";
  EXPECT_EQ(requests[0].Header("Cookie"), "");
  for (std::size_t i = 1; i < requests.size(); i++)
    EXPECT_NE(requests[i].Header("Cookie").find("node=seven"), std::string::npos) << requests[i].header;
}

TEST(ClientCookies, AreThereForTheApplicationAfterTheCall) {
  ClientService* own = nullptr;
  ClientService service(
      [&own](const ServiceRequest& request, ServiceAnswer* answer) { return SetsCookie(request, own, answer); });
  own = &service;
  Program program(service);
  EXPECT_EQ(program.Add(1, 2), 3);
  ASSERT_NE(program.soap()->cookies, nullptr);
  EXPECT_STREQ(program.soap()->cookies->name, "node");
  EXPECT_STREQ(program.soap()->cookies->value, "seven");
}

TEST(ClientCookies, OfTheApplicationGoWithItsCalls) {
  ClientService service;
  Program program(service);
  soap_set_cookie(program.soap(), "mine", "one", nullptr, nullptr);
  EXPECT_EQ(program.Add(1, 2), 3);
  soap_set_cookie(program.soap(), "mine", "two", nullptr, nullptr);
  EXPECT_EQ(program.Add(1, 2), 3);
  const auto sent = service.requests(RmAction::kNone);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_NE(sent[0].Header("Cookie").find("one"), std::string::npos) << sent[0].header;
  EXPECT_NE(sent[1].Header("Cookie").find("two"), std::string::npos) << sent[1].header;
}

}  // namespace
}  // namespace gsoaprm::testing
