// Plugins that cannot work beside ours: refused with a sentence, whichever is registered first.
#include <gtest/gtest.h>
#include <httpda.h>
#include <mq.h>
#include <wsrmapi.h>

#include "gsoap/plugins/texts.h"
#include "gsoap/support/raw_http.h"

namespace gsoaprm::testing {
namespace {

void DeleteNothing(struct soap*, struct soap_plugin*) {}

// Stands for a plugin whose source needs more than gSOAP (curlapi: libcurl); ours knows it by its identifier.
int StandIn(struct soap*, struct soap_plugin* plugin, void* id) {
  plugin->id = static_cast<const char*>(id);
  plugin->data = nullptr;
  plugin->fdelete = DeleteNothing;
  return SOAP_OK;
}

struct Incompatible {
  const char* name;
  Registration registration;
  const char* sentence;
};

Registration StandingIn(const char* id) {
  return
      [id](struct soap* soap) { EXPECT_EQ(soap_register_plugin_arg(soap, StandIn, const_cast<char*>(id)), SOAP_OK); };
}

Registration Registering(int (*plugin)(struct soap*, struct soap_plugin*, void*)) {
  return [plugin](struct soap* soap) { EXPECT_EQ(soap_register_plugin(soap, plugin), SOAP_OK); };
}

class Refusal : public ::testing::TestWithParam<Incompatible> {};

INSTANTIATE_TEST_SUITE_P(
    Plugins, Refusal,
    ::testing::Values(
        Incompatible{"curlapi", StandingIn("SOAP-CURL/1.2"), "curlapi plugin replaces the HTTP transport"},
        Incompatible{"wsrmapi", Registering(soap_wsrm), "wsrmapi plugin writes and answers the same"},
        Incompatible{"mq", Registering(soap_mq), "mq plugin queues messages below wsrmapi"},
        Incompatible{"httpda", Registering(http_da), "httpda plugin challenges and repeats single HTTP messages"}),
    [](const auto& p) { return p.param.name; });

TEST_P(Refusal, IsSaidAtRegistrationWhenTheOtherIsThere) {
  OwnContext soap;
  GetParam().registration(soap.get());
  EXPECT_EQ(soap_register_plugin(soap.get(), soap_rm), SOAP_RM_ERROR);
  EXPECT_NE(soap.Fault().find(GetParam().sentence), std::string::npos) << soap.Fault();
}

TEST_P(Refusal, IsSaidAtTheFirstCallWhenTheOtherCameLater) {
  Texts texts(Order::kAfterOurs, GetParam().registration, nullptr, nullptr, QuickOptions(SOAP_RM_11));
  const std::string fault = texts.Call("one");
  EXPECT_NE(fault.find(GetParam().sentence), std::string::npos) << fault;
  EXPECT_EQ(texts.client()->error, SOAP_RM_ERROR);
  soap_rm_error details{};
  details.size = sizeof details;
  EXPECT_EQ(soap_rm_get_error(texts.client(), &details), SOAP_OK);
  EXPECT_STREQ(details.code, "IncompatiblePlugin");
  EXPECT_EQ(details.error_class, SOAP_RM_MISUSE);
  EXPECT_EQ(details.outcome, SOAP_RM_NOT_SENT);
  EXPECT_EQ(texts.network().counts().requests, 0u);
}

TEST_P(Refusal, IsSaidToTheClientWhenTheOtherCameLaterOnTheServer) {
  Texts texts(Order::kAfterOurs, nullptr, GetParam().registration, nullptr, QuickOptions(SOAP_RM_11));
  const std::string fault = texts.Call("one");
  EXPECT_NE(fault.find(GetParam().sentence), std::string::npos) << fault;
  EXPECT_EQ(texts.executions(), 0);
}

TEST_P(Refusal, IsSaidInTheSoapVersionOfTheRequest) {
  Texts texts(Order::kAfterOurs, nullptr, GetParam().registration, nullptr, QuickOptions(SOAP_RM_11));
  for (const wire::SoapVersion version : {wire::SoapVersion::k11, wire::SoapVersion::k12}) {
    const RawSession session(wire::RmVersion::k11, true, version);
    const HttpAnswer answer = RawConnection(texts.port()).Exchange(session.Create());
    EXPECT_EQ(answer.status, 500);
    const wire::Envelope envelope = answer.Envelope();
    EXPECT_EQ(envelope.protocol.soap, version) << answer.body;
    ASSERT_NE(envelope.fault(), nullptr) << answer.body;
    EXPECT_FALSE(envelope.fault()->sender) << answer.body;
    EXPECT_NE(envelope.fault()->reason.find(GetParam().sentence), std::string::npos) << answer.body;
  }
}

}  // namespace
}  // namespace gsoaprm::testing
