// The layer for C++ (soap_rm.hpp) over gSOAP and the plugin themselves.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "calculatorCalculatorProxy.h"
#include "gsoap/client_service.h"
#include "gsoap/support/own_server.h"
#include "gsoap/support/test_server.h"
#include "soap_rm.hpp"

namespace gsoaprm::testing {
namespace {

using wire::RmAction;

soaprm::Options Quick() {
  soaprm::Options options;
  options.set("reliableMessagingVersion", "1.1").set("retransmission_minimum", 20).set("retransmission_maximum", 200);
  return options;
}

// NaN when the call failed.
double Add(struct soap* soap, const std::string& url, double n1, double n2) {
  calculator::CalculatorProxy proxy(soap, url.c_str());
  calculator::_samples__Add request;
  request.n1 = &n1;
  request.n2 = &n2;
  calculator::_samples__AddResponse response;
  return proxy.Add(&request, response) == SOAP_OK && response.AddResult ? *response.AddResult : std::nan("");
}

TEST(CppLayer, HoldsASessionAsLongAsItsScope) {
  const soap_rm_options server_options = TestOptions();
  TestServer server(Serving::kThreaded, &server_options);
  OwnContext soap;
  soaprm::register_on(soap.get(), Quick());
  {
    soaprm::ReliableSession session(soap.get(), server.url());
    EXPECT_EQ(session.state(), SOAP_RM_OPENED);
    EXPECT_EQ(server.Metrics().sessions_opened, 1u);
    EXPECT_EQ(Add(soap.get(), session.endpoint(), 1, 2), 3);
    EXPECT_EQ(Add(soap.get(), session.endpoint(), 3, 4), 7);
    EXPECT_EQ(server.Metrics().open_sessions, 1u);
  }
  EXPECT_EQ(server.Metrics().sessions_opened, 1u);
  EXPECT_EQ(server.Metrics().open_sessions, 0u);
  EXPECT_EQ(server.Metrics().sessions_faulted, 0u);
}

TEST(CppLayer, ClosesOnceAndSaysWhetherTheServiceConfirmed) {
  ClientService service;
  OwnContext soap;
  soaprm::register_on(soap.get(), Quick());
  {
    soaprm::ReliableSession session(soap.get(), service.url());
    EXPECT_EQ(Add(soap.get(), session.endpoint(), 1, 2), 3);
    EXPECT_NO_THROW(session.close());
    EXPECT_FALSE(session);
    EXPECT_EQ(session.state(), SOAP_RM_CLOSED);
  }
  EXPECT_EQ(service.requests(RmAction::kTerminateSequence).size(), 1u);
}

TEST(CppLayer, ACloseThatIsNotConfirmedThrowsTheError) {
  ClientService service([](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.envelope.rm_action != RmAction::kCloseSequence) return false;
    *answer = Hanging();
    return true;
  });
  OwnContext soap;
  soaprm::register_on(soap.get(), Quick().set("closeTimeout", "00:00:00.060"));
  soaprm::ReliableSession session(soap.get(), service.url());
  EXPECT_EQ(Add(soap.get(), session.endpoint(), 1, 2), 3);
  try {
    session.close();
    FAIL() << "close() said that the service has confirmed";
  } catch (const soaprm::Error& error) {
    EXPECT_EQ(error.soap_error(), SOAP_RM_ERROR);
    EXPECT_EQ(error.code(), "CloseTimeout");
    EXPECT_FALSE(error.reason().empty());
    EXPECT_FALSE(error.advice().empty());
    EXPECT_NE(std::string(error.what()).find(error.reason()), std::string::npos) << error.what();
  }
}

TEST(CppLayer, ASessionThatCannotBeOpenedThrowsTheError) {
  OwnContext soap;
  soaprm::register_on(soap.get(), Quick().set("open_timeout", 100));
  int port = 0;
  {
    ClientService gone;
    port = gone.port();
  }
  try {
    soaprm::ReliableSession session(soap.get(), "http://127.0.0.1:" + std::to_string(port) + "/");
    FAIL() << "a session was opened with nobody";
  } catch (const soaprm::Error& error) {
    EXPECT_EQ(error.outcome(), SOAP_RM_NOT_SENT);
    EXPECT_EQ(error.soap_error(), SOAP_RM_ERROR);
    EXPECT_FALSE(error.code().empty());
  }
}

TEST(CppLayer, ARefusedRegistrationThrowsItsSentence) {
  OwnContext soap;
  soaprm::Options options;
  options.get().max_transfer_window_size = 4097;
  try {
    soaprm::register_on(soap.get(), options);
    FAIL() << "a value out of range was taken";
  } catch (const soaprm::Error& error) {
    EXPECT_EQ(error.error_class(), SOAP_RM_MISUSE);
    EXPECT_NE(std::string(error.what()).find("max_transfer_window_size"), std::string::npos) << error.what();
  }
}

TEST(CppLayer, OpensANewSessionAfterAnAbort) {
  ClientService service;
  OwnContext soap;
  soaprm::register_on(soap.get(), Quick());
  soaprm::ReliableSession session(soap.get(), service.url());
  EXPECT_EQ(Add(soap.get(), session.endpoint(), 1, 2), 3);
  const std::string url = session.endpoint();
  session.abort();
  EXPECT_FALSE(session);
  session = soaprm::ReliableSession(soap.get(), url);
  EXPECT_EQ(session.state(), SOAP_RM_OPENED);
  EXPECT_EQ(Add(soap.get(), url, 3, 4), 7);
  session.close();
  EXPECT_EQ(service.requests(RmAction::kCreateSequence).size(), 2u);
}

}  // namespace
}  // namespace gsoaprm::testing
