// SOAP 1.1 and 1.2, WS-Addressing 1.0 and 2004/08, both versions of reliable messaging; gSOAP's ways of sending.
#include <gtest/gtest.h>

#include <tuple>

#include "gsoap/http/echoes.h"

namespace gsoaprm::testing {
namespace {

using Versions = std::tuple<soap_rm_protocol_version, soap_rm_addressing_version, soap_rm_soap_version>;

std::string NameOf(const Versions& versions) {
  const char* const soap[] = {"AsGenerated", "Soap11", "Soap12"};
  return std::string(std::get<0>(versions) == SOAP_RM_11 ? "Rm11" : "Rm2005") +
         (std::get<1>(versions) == SOAP_RM_ADDRESSING_10 ? "Addressing10" : "Addressing2004") +
         soap[std::get<2>(versions)];
}

class EveryVersion : public ::testing::TestWithParam<Versions> {
 protected:
  soap_rm_options Options() const {
    soap_rm_options options = QuickOptions(std::get<0>(GetParam()));
    options.addressing_version = std::get<1>(GetParam());
    options.soap_version = std::get<2>(GetParam());
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Versions, EveryVersion,
                         ::testing::Combine(::testing::Values(SOAP_RM_FEBRUARY_2005, SOAP_RM_11),
                                            ::testing::Values(SOAP_RM_ADDRESSING_10, SOAP_RM_ADDRESSING_AUGUST_2004),
                                            ::testing::Values(SOAP_RM_SOAP_AS_GENERATED, SOAP_RM_SOAP_11,
                                                              SOAP_RM_SOAP_12)),
                         [](const auto& p) { return NameOf(p.param); });

TEST_P(EveryVersion, CallsSurviveLosses) {
  Echoes echoes(Options(), QuickOptions(SOAP_RM_11));
  echoes.ExpectCallsToSurviveLosses();
}

TEST_P(EveryVersion, IsWhatGoesOverTheWire) {
  Echoes echoes(Options(), QuickOptions(SOAP_RM_11));
  echoes.network().Record();
  EXPECT_EQ(echoes.Call("text"), "text");
  const bool soap11 = std::get<2>(GetParam()) == SOAP_RM_SOAP_11;
  const bool old = std::get<1>(GetParam()) == SOAP_RM_ADDRESSING_AUGUST_2004;
  for (const proxy::Exchange& exchange : echoes.network().exchanges()) {
    EXPECT_EQ(exchange.request.Header("content-type"),
              soap11 ? "text/xml; charset=utf-8" : "application/soap+xml; charset=utf-8");
    EXPECT_EQ(exchange.response.Header("content-type"), exchange.request.Header("content-type"));
    EXPECT_EQ(exchange.request.Header("soapaction").empty(), !soap11);
    for (const std::string& envelope : {exchange.request.Content(), exchange.response.Content()}) {
      EXPECT_EQ(envelope.find("http://schemas.xmlsoap.org/soap/envelope/") != std::string::npos, soap11) << envelope;
      EXPECT_EQ(envelope.find("http://schemas.xmlsoap.org/ws/2004/08/addressing\"") != std::string::npos, old)
          << envelope;
    }
  }
}

TEST_P(EveryVersion, FaultsOfTheApplicationComeBack) {
  Echoes echoes(Options(), QuickOptions(SOAP_RM_11));
  echoes.operation = [](struct soap* soap) { return soap_sender_fault(soap, "never heard of it", nullptr); };
  for (const char* text : {"one", "two"}) {
    const std::string fault = echoes.Call(text);
    EXPECT_NE(fault.find("never heard of it"), std::string::npos) << fault;
    EXPECT_NE(fault.find(std::get<2>(GetParam()) == SOAP_RM_SOAP_11 ? "SOAP-ENV:Client" : "SOAP-ENV:Sender"),
              std::string::npos)
        << fault;
  }
  EXPECT_EQ(soap_rm_close(echoes.client(), nullptr), SOAP_OK) << FaultText(echoes.client());
}

// ---- gSOAP's modes: buffered, stored, chunked, with and without keep-alive ----

using Modes = std::tuple<soap_mode, soap_mode>;

class EveryMode : public ::testing::TestWithParam<Modes> {};

constexpr soap_mode kModes[] = {SOAP_IO_FLUSH,
                                SOAP_IO_BUFFER,
                                SOAP_IO_STORE,
                                SOAP_IO_CHUNK,
                                SOAP_IO_KEEPALIVE | SOAP_IO_BUFFER,
                                SOAP_IO_KEEPALIVE | SOAP_IO_CHUNK};

INSTANTIATE_TEST_SUITE_P(Modes, EveryMode,
                         ::testing::Combine(::testing::ValuesIn(kModes), ::testing::ValuesIn(kModes)));

TEST_P(EveryMode, CallsSurviveLosses) {
  Echoes echoes(QuickOptions(SOAP_RM_11), QuickOptions(SOAP_RM_11), std::get<0>(GetParam()), std::get<1>(GetParam()));
  echoes.ExpectCallsToSurviveLosses();
}

TEST_P(EveryMode, LongMessagesSurviveLosses) {
  Echoes echoes(QuickOptions(SOAP_RM_FEBRUARY_2005), QuickOptions(SOAP_RM_11), std::get<0>(GetParam()),
                std::get<1>(GetParam()));
  echoes.ExpectCallsToSurviveLosses(std::string(300000, 'x'));
}

}  // namespace
}  // namespace gsoaprm::testing
