// A client and a service class made of WCF's own WSDL, untouched, by wsdl2h and soapcpp2 without any option that
// changes the contract: imports of wsa5.h (and wsrm5.h, which the assertion of 2005 brings) and all.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "replay/service_host.h"
#include "soapWSHttpBinding_USCOREICalculatorProxy.h"

namespace gsoaprm::replay {
namespace {

class RecordedWsdl : public testing::TestWithParam<soap_rm_protocol_version> {};

TEST_P(RecordedWsdl, MakesAClientAndAServiceThatHoldASession) {
  soap_rm_options options;
  soap_rm_options_default(&options);
  options.reliable_messaging_version = GetParam();
  ServiceHost host(options);
  ASSERT_EQ(host.problem(), "");
  const std::string endpoint = "http://localhost:" + std::to_string(host.port()) + "/test";
  {
    WSHttpBinding_USCOREICalculatorProxy proxy(endpoint.c_str());
    ASSERT_EQ(soap_register_plugin_arg(proxy.soap, soap_rm, &options), SOAP_OK);
    double n1 = 100;
    double n2 = 15.99;
    _ns1__Add add;
    add.n1 = &n1;
    add.n2 = &n2;
    _ns1__AddResponse sum;
    ASSERT_EQ(proxy.Add(&add, sum), SOAP_OK) << *soap_faultstring(proxy.soap);
    ASSERT_NE(sum.AddResult, nullptr);
    EXPECT_DOUBLE_EQ(*sum.AddResult, 115.99);

    std::string text = "hello";
    int id = 7;
    _ns1__Note note;
    note.id = &id;
    note.text = &text;
    ASSERT_EQ(proxy.Note(&note), SOAP_OK) << *soap_faultstring(proxy.soap);

    _ns1__Echo echo;
    echo.text = &text;
    _ns1__EchoResponse echoed;
    ASSERT_EQ(proxy.Echo(&echo, echoed), SOAP_OK) << *soap_faultstring(proxy.soap);
    ASSERT_NE(echoed.EchoResult, nullptr);
    EXPECT_EQ(*echoed.EchoResult, "hello");
    EXPECT_EQ(soap_rm_close(proxy.soap, nullptr), SOAP_OK) << *soap_faultstring(proxy.soap);
    proxy.destroy();
  }
  const std::vector<std::string> expected = {"Add(100,15.99)=115.99", "Note(7,5 chars)", "Echo(5 chars)"};
  EXPECT_EQ(host.operations().executions(), expected);
  EXPECT_EQ(host.metrics().operations_started, 3u) << "the calls did not come in a session";
}

INSTANTIATE_TEST_SUITE_P(In, RecordedWsdl, testing::Values(SOAP_RM_FEBRUARY_2005, SOAP_RM_11), [](const auto& version) {
  return version.param == SOAP_RM_11 ? "Version11" : "February2005";
});

}  // namespace
}  // namespace gsoaprm::replay
