// gSOAP's other plugins beside ours, registered before and after it, on a client and a server.
#include <gtest/gtest.h>
#include <logging.h>
#include <threads.h>
#include <wsaapi.h>
#include <wsseapi.h>

#include <cstdio>
#include <tuple>

#include "gsoap/plugins/texts.h"
#include "gsoap/support/bystander.h"
#include "gsoap/support/raw_http.h"

namespace gsoaprm::testing {
namespace {

constexpr char kReverseAction[] = "urn:gsoaprm:texts/Reverse";

using Case = std::tuple<Order, soap_rm_protocol_version>;

class BesidePlugins : public ::testing::TestWithParam<Case> {
 protected:
  Order order() const { return std::get<0>(GetParam()); }
  soap_rm_options Options() const { return QuickOptions(std::get<1>(GetParam())); }
};

INSTANTIATE_TEST_SUITE_P(Orders, BesidePlugins,
                         ::testing::Combine(::testing::Values(Order::kBeforeOurs, Order::kAfterOurs),
                                            ::testing::Values(SOAP_RM_FEBRUARY_2005, SOAP_RM_11)),
                         [](const auto& p) {
                           return std::string(std::get<0>(p.param) == Order::kBeforeOurs ? "Before" : "After") +
                                  (std::get<1>(p.param) == SOAP_RM_11 ? "Rm11" : "Rm2005");
                         });

void RegisterAddressing(struct soap* soap) { EXPECT_EQ(soap_register_plugin(soap, soap_wsa), SOAP_OK); }

void RegisterSecurity(struct soap* soap) {
  RegisterAddressing(soap);
  EXPECT_EQ(soap_register_plugin(soap, soap_wsse), SOAP_OK);
}

// ---- wsaapi ----

constexpr char kReverseBody[] = "<t:Reverse xmlns:t=\"urn:gsoaprm:texts\"><text>one</text></t:Reverse>";

// Messages of a session that ask for their answers at an address where nobody may be called.
void ExpectNobodyElseIsAnswered(Texts* texts) {
  const Bystander bystander;
  for (const wire::RmVersion version : {wire::RmVersion::kFebruary2005, wire::RmVersion::k11}) {
    RawSession session(version, true);
    session.Created(RawConnection(texts->port()).Exchange(session.Create()));
    for (const char* name : {"ReplyTo", "FaultTo"}) {
      const wire::Envelope message = session.Application(1, kReverseAction, kReverseBody, true);
      const HttpAnswer answer = RawConnection(texts->port()).Exchange(WithAddress(message, name, bystander.uri()));
      EXPECT_EQ(answer.status, 500) << answer.body;
      EXPECT_NE(answer.body.find("a:OnlyAnonymousAddressSupported"), std::string::npos) << answer.body;
    }
  }
  EXPECT_EQ(texts->executions(), 0);
  EXPECT_TRUE(bystander.IsLeftAlone());
}

TEST_P(BesidePlugins, WsaapiChecksAndRepliesInOperations) {
  const Operation operation = [](struct soap* soap) {
    if (soap_wsa_check(soap)) return soap->error;
    EXPECT_STREQ(soap->header->wsa5__Action, kReverseAction);
    EXPECT_STREQ(soap->header->wsa5__MessageID, "urn:uuid:the-application's-own");
    return soap_wsa_reply(soap, "urn:uuid:the-reply", "urn:gsoaprm:texts/Reverse/Answer");
  };
  Texts texts(order(), RegisterAddressing, RegisterAddressing, operation, Options());
  const std::string url = texts.url();
  const Operation before = [&url](struct soap* soap) {
    return soap_wsa_request(soap, "urn:uuid:the-application's-own", url.c_str(), kReverseAction);
  };
  const Operation after = [](struct soap* soap) {
    if (!soap->header || !soap->header->wsa5__RelatesTo) return static_cast<int>(SOAP_ERR);
    EXPECT_STREQ(soap->header->wsa5__RelatesTo->__item, "urn:uuid:the-application's-own");
    EXPECT_STREQ(soap->header->wsa5__Action, "urn:gsoaprm:texts/Reverse/Answer");
    return soap_wsa_check(soap);
  };
  EXPECT_EQ(texts.Call("one", before, after), "eno");
  EXPECT_EQ(soap_rm_close(texts.client(), nullptr), SOAP_OK) << FaultText(texts.client());
}

TEST_P(BesidePlugins, CallsWithWsaapiSurviveLosses) {
  const Operation operation = [](struct soap* soap) {
    return soap_wsa_check(soap) ? soap->error : soap_wsa_reply(soap, nullptr, nullptr);
  };
  Texts texts(order(), RegisterAddressing, RegisterAddressing, operation, Options());
  const std::string url = texts.url();
  texts.ExpectCallsToSurviveLosses([&url](struct soap* soap) {
    return soap_wsa_request(soap, soap_wsa_rand_uuid(soap), url.c_str(), kReverseAction);
  });
}

TEST_P(BesidePlugins, ProgramsWithWsaapiNeedNotFillInHeaders) {
  Texts texts(order(), RegisterAddressing, RegisterAddressing, nullptr, Options());
  texts.ExpectCallsToSurviveLosses();
}

TEST_P(BesidePlugins, WsaapiFaultsComeBack) {
  const Operation operation = [](struct soap* soap) { return soap_wsa_sender_fault(soap, "no such text", nullptr); };
  Texts texts(order(), RegisterAddressing, RegisterAddressing, operation, Options());
  EXPECT_NE(texts.Call("one").find("no such text"), std::string::npos);
  EXPECT_NE(texts.Call("two").find("no such text"), std::string::npos);
  EXPECT_EQ(soap_rm_close(texts.client(), nullptr), SOAP_OK) << FaultText(texts.client());
}

// gSOAP's WS-Addressing plugin would connect to whatever address a request names.
TEST_P(BesidePlugins, WsaapiDoesNotReplyElsewhere) {
  const Operation operation = [](struct soap* soap) { return soap_wsa_reply(soap, nullptr, nullptr); };
  Texts texts(order(), RegisterAddressing, RegisterAddressing, operation, Options());
  ExpectNobodyElseIsAnswered(&texts);
}

TEST_P(BesidePlugins, WsaapiDoesNotSendFaultsElsewhere) {
  const Operation operation = [](struct soap* soap) { return soap_wsa_sender_fault(soap, "no such text", nullptr); };
  Texts texts(order(), RegisterAddressing, RegisterAddressing, operation, Options());
  ExpectNobodyElseIsAnswered(&texts);
}

TEST_P(BesidePlugins, AClientThatAsksForItsReplyElsewhereIsToldSoAtTheCall) {
  Texts texts(order(), RegisterAddressing, RegisterAddressing, nullptr, Options());
  const std::string url = texts.url();
  for (const auto add : {soap_wsa_add_ReplyTo, soap_wsa_add_FaultTo}) {
    const Operation elsewhere = [&url, add](struct soap* soap) {
      if (const int error = soap_wsa_request(soap, nullptr, url.c_str(), kReverseAction)) return error;
      return add(soap, "http://elsewhere.example/inbox");
    };
    const std::string said = texts.Call("one", elsewhere);
    EXPECT_NE(said.find(add == soap_wsa_add_ReplyTo ? "ReplyTo is" : "FaultTo is"), std::string::npos) << said;
    EXPECT_NE(said.find("http://elsewhere.example/inbox"), std::string::npos) << said;
    EXPECT_NE(said.find("anonymous"), std::string::npos) << said;
    soap_rm_error error{};
    error.size = sizeof error;
    soap_rm_get_error(texts.client(), &error);
    EXPECT_STREQ(error.code, "ReturnAddress");
    EXPECT_EQ(error.error_class, SOAP_RM_MISUSE);
    EXPECT_EQ(error.outcome, SOAP_RM_NOT_SENT);
  }
  EXPECT_EQ(texts.executions(), 0);
  EXPECT_EQ(texts.Metrics().sessions_opened, 0u);
  const Operation anonymous = [&url](struct soap* soap) {
    if (const int error = soap_wsa_request(soap, nullptr, url.c_str(), kReverseAction)) return error;
    return soap_wsa_add_ReplyTo(soap, "http://www.w3.org/2005/08/addressing/anonymous");
  };
  EXPECT_EQ(texts.Call("one", anonymous), "eno");
}

// ---- wsseapi ----

int CheckUser(struct soap* soap) {
  const char* const user = soap_wsse_get_Username(soap);
  EXPECT_STREQ(user, "alice");
  if (!user || soap_wsse_verify_Password(soap, "secret") || soap_wsse_verify_Timestamp(soap)) return soap->error;
  soap_wsse_delete_Security(soap);
  return SOAP_OK;
}

int AddUser(struct soap* soap) {
  if (const int error = soap_wsse_add_Timestamp(soap, "Time", 60)) return error;
  return soap_wsse_add_UsernameTokenDigest(soap, "User", "alice", "secret");
}

TEST_P(BesidePlugins, AUsernameTokenWithATimestampSurvivesLosses) {
  Texts texts(order(), RegisterSecurity, RegisterSecurity, CheckUser, Options());
  texts.ExpectCallsToSurviveLosses(AddUser);
}

constexpr char kKey[] = "0123456789abcdef0123456789abcdef";
constexpr int kKeySize = 32;

// Copies of a context do not inherit it.
void Verify(struct soap* soap) {
  EXPECT_EQ(soap_wsse_verify_auto(soap, SOAP_SMD_HMAC_SHA256, kKey, kKeySize), SOAP_OK);
}

int RequireSignature(struct soap* soap) {
  if (soap_wsse_verify_body(soap)) return soap->error;
  soap_wsse_delete_Security(soap);
  return soap_wsse_sign_body(soap, SOAP_SMD_HMAC_SHA256, kKey, kKeySize);
}

int Sign(struct soap* soap) {
  if (const int error = soap_wsse_add_Timestamp(soap, "Time", 60)) return error;
  return soap_wsse_sign_body(soap, SOAP_SMD_HMAC_SHA256, kKey, kKeySize);
}

int ExpectSignedReply(struct soap* soap) {
  const int error = soap_wsse_verify_body(soap);
  soap_wsse_delete_Security(soap);
  return error;
}

TEST_P(BesidePlugins, SignedRequestsAndRepliesSurviveLosses) {
  Texts texts(order(), RegisterSecurity, RegisterSecurity, RequireSignature, Options(), Verify);
  Verify(texts.client());
  texts.ExpectCallsToSurviveLosses(Sign, ExpectSignedReply);
}

TEST_P(BesidePlugins, ASignatureWithAnotherKeyIsRefused) {
  Texts texts(order(), RegisterSecurity, RegisterSecurity, RequireSignature, Options(), Verify);
  const Operation sign = [](struct soap* soap) {
    return soap_wsse_sign_body(soap, SOAP_SMD_HMAC_SHA256, "another key, another key, another", kKeySize);
  };
  EXPECT_NE(texts.Call("one", sign), "eno");
  EXPECT_EQ(texts.executions(), 0);
}

// ---- logging ----

class Log {
 public:
  Log() : file_(std::tmpfile()) {}
  ~Log() { std::fclose(file_); }
  FILE* file() { return file_; }
  std::string Text() {
    std::fflush(file_);
    std::rewind(file_);
    std::string text;
    char buffer[4096];
    while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, file_)) text.append(buffer, n);
    return text;
  }

 private:
  FILE* const file_;
};

Registration Logging(Log* in, Log* out) {
  return [in, out](struct soap* soap) {
    EXPECT_EQ(soap_register_plugin(soap, logging), SOAP_OK);
    soap_set_logging_inbound(soap, in->file());
    soap_set_logging_outbound(soap, out->file());
  };
}

TEST_P(BesidePlugins, LoggingSeesTheMessagesAsTheyGoOverTheWire) {
  Log client_in, client_out, server_in, server_out;
  {
    Texts texts(order(), Logging(&client_in, &client_out), Logging(&server_in, &server_out), nullptr, Options());
    texts.ExpectCallsToSurviveLosses();
  }
  for (Log* log : {&client_out, &server_in}) {
    const std::string text = log->Text();
    EXPECT_NE(text.find("POST / HTTP/1.1"), std::string::npos);
    EXPECT_NE(text.find("CreateSequence"), std::string::npos);
    EXPECT_NE(text.find("MessageNumber>3<"), std::string::npos);
  }
  for (Log* log : {&client_in, &server_out}) {
    const std::string text = log->Text();
    EXPECT_NE(text.find("HTTP/1.1 200 OK"), std::string::npos);
    EXPECT_NE(text.find("CreateSequenceResponse"), std::string::npos);
    EXPECT_NE(text.find("eerht"), std::string::npos);
  }
}

TEST_P(BesidePlugins, LoggingSeesTheCloseOfAContextThatIsFreed) {
  Log in, out;
  Texts texts(order(), Logging(&in, &out), nullptr, nullptr, Options());
  EXPECT_EQ(texts.Call("one"), "eno");
  texts.FreeClient();
  EXPECT_NE(out.Text().find("TerminateSequence"), std::string::npos);
}

// ---- threads ----

TEST_P(BesidePlugins, ThreadsOfGsoapShareTheSession) {
  Texts texts(order(), nullptr, nullptr, nullptr, Options());
  struct Caller {
    struct soap* soap;
    std::string url, result;
  };
  Caller callers[4];
  THREAD_TYPE threads[4];
  for (int i = 0; i < 4; i++) {
    callers[i] = {soap_copy(texts.client()), texts.url(), ""};
    THREAD_CREATE(
        &threads[i],
        [](void* argument) -> void* {
          auto* caller = static_cast<Caller*>(argument);
          TextsProxy(caller->soap, caller->url.c_str()).Reverse("abc", caller->result);
          return nullptr;
        },
        &callers[i]);
  }
  for (int i = 0; i < 4; i++) {
    THREAD_JOIN(threads[i]);
    EXPECT_EQ(callers[i].result, "cba");
    soap_destroy(callers[i].soap);
    soap_end(callers[i].soap);
    soap_free(callers[i].soap);
  }
  EXPECT_EQ(texts.Metrics().sessions_opened, 1u);
}

}  // namespace
}  // namespace gsoaprm::testing
