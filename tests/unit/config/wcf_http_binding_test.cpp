// wsHttpBinding and ws2007HttpBinding.
#include <gtest/gtest.h>

#include "unit/config/wcf_text.h"

namespace gsoaprm::config {
namespace {

std::string WithAttributes(const std::string& attributes) { return Standard(ReliableWithoutSecurity(), attributes); }

TEST(HttpBinding, SaysTheVersionByItsKind) {
  const Loaded newer = Load(Standard(ReliableWithoutSecurity(), "", "ws2007HttpBinding"));
  ASSERT_TRUE(newer.ok) << newer.error;
  EXPECT_EQ(newer.options.reliable_messaging_version, SOAP_RM_11);
  EXPECT_EQ(newer.options.soap_version, SOAP_RM_SOAP_12);
  EXPECT_EQ(newer.options.addressing_version, SOAP_RM_ADDRESSING_10);
  const Loaded older = Load(Standard(ReliableWithoutSecurity(), "", "wsHttpBinding"));
  ASSERT_TRUE(older.ok) << older.error;
  EXPECT_EQ(older.options.reliable_messaging_version, SOAP_RM_FEBRUARY_2005);
}

TEST(HttpBinding, SetsWhatItCanSay) {
  const Loaded loaded = Load(Standard(
      "<reliableSession enabled=\"True\" ordered=\"false\" inactivityTimeout=\"00:08:00\"/><security mode=\"None\"/>",
      "openTimeout=\"00:00:01\" closeTimeout=\"00:00:02\" sendTimeout=\"00:00:03\" receiveTimeout=\"00:07:00\" "
      "maxReceivedMessageSize=\"100000\""));
  ASSERT_TRUE(loaded.ok) << loaded.error;
  EXPECT_EQ(loaded.options.ordered, 0);
  EXPECT_EQ(loaded.options.inactivity_timeout, 420000);
  EXPECT_EQ(loaded.options.open_timeout, 1000);
  EXPECT_EQ(loaded.options.close_timeout, 2000);
  EXPECT_EQ(loaded.options.send_timeout, 3000);
  EXPECT_EQ(loaded.options.max_message_size, 100000u);
}

TEST(HttpBinding, TakesABindingAsVisualStudioWritesItWithAllDefaults) {
  EXPECT_EQ(
      Refusal(Standard(
          "<readerQuotas maxDepth=\"32\" maxStringContentLength=\"8192\" maxArrayLength=\"16384\" "
          "maxBytesPerRead=\"4096\" maxNameTableCharCount=\"16384\"/>"
          "<reliableSession ordered=\"true\" inactivityTimeout=\"00:10:00\" enabled=\"true\"/>"
          "<security mode=\"None\"><transport clientCredentialType=\"Windows\" proxyCredentialType=\"None\" realm=\"\">"
          "<extendedProtectionPolicy policyEnforcement=\"Never\"/></transport>"
          "<message clientCredentialType=\"Windows\" negotiateServiceCredential=\"true\" algorithmSuite=\"Default\" "
          "establishSecurityContext=\"true\"/></security>",
          "closeTimeout=\"00:01:00\" openTimeout=\"00:01:00\" receiveTimeout=\"00:10:00\" sendTimeout=\"00:01:00\" "
          "bypassProxyOnLocal=\"false\" transactionFlow=\"false\" hostNameComparisonMode=\"StrongWildcard\" "
          "maxBufferPoolSize=\"524288\" maxReceivedMessageSize=\"65536\" messageEncoding=\"Text\" "
          "textEncoding=\"utf-8\" useDefaultWebProxy=\"true\" proxyAddress=\"\" allowCookies=\"false\"",
          "wsHttpBinding")),
      "accepted");
}

TEST(HttpBinding, RefusesWhatItCannotHonour) {
  const char* const cases[][4] = {
      {"messageEncoding", "Mtom", "Text", "MTOM is chosen in the gSOAP program (SOAP_ENC_MTOM)"},
      {"textEncoding", "utf-16", "utf-8", "gSOAP writes UTF-8"},
      {"allowCookies", "true", "false", "cookies are a matter of how gSOAP was built (WITH_COOKIES)"},
      {"bypassProxyOnLocal", "true", "false", "the program says which proxy to use (soap->proxy_host)"},
      {"proxyAddress", "http://p", "empty", "the program says which proxy to use (soap->proxy_host)"},
      {"transactionFlow", "true", "false", "transactions (WS-AtomicTransaction) are not spoken"},
      {"hostNameComparisonMode", "WeakWildcard", "StrongWildcard", "gSOAP listens where the program binds it"},
  };
  for (const auto& [name, value, wanted, reason] : cases) {
    EXPECT_EQ(Refusal(WithAttributes("\n" + std::string(name) + "=\"" + value + "\"")),
              "App.config:6: " + std::string(name) + " must be " + wanted + ", not '" + value + "': " + reason + ".");
  }
  EXPECT_EQ(Refusal(WithAttributes("maxBufferPoolSize=\"-1\"")),
            "App.config:5: maxBufferPoolSize must be a whole number from 0 to 2147483647, not '-1'.");
  EXPECT_EQ(Refusal(WithAttributes("maxReceivedMessageSize=\"1023\"")),
            "App.config:5: maxReceivedMessageSize must be a number of bytes from 1024 to 2147483647, not '1023'.");
  EXPECT_EQ(Refusal(WithAttributes("transferMode=\"Buffered\"")),
            "App.config:5: <binding> has an attribute 'transferMode' that is not known.");
}

TEST(HttpBinding, RefusesTheSettingsThatOnlyACustomBindingHas) {
  for (const char* const name : {"acknowledgementInterval", "flowControlEnabled", "maxPendingChannels", "maxRetryCount",
                                 "maxTransferWindowSize", "reliableMessagingVersion"}) {
    EXPECT_EQ(Refusal(Standard("<reliableSession enabled=\"true\" " + std::string(name) + "=\"1\"/>" + kNoSecurity)),
              "App.config:6: <reliableSession> has an attribute '" + std::string(name) + "' that is not known.");
  }
}

TEST(HttpBinding, NeedsAReliableSessionThatIsEnabled) {
  EXPECT_EQ(Refusal(Standard(kNoSecurity)),
            "App.config:5: The binding 'B' has no <reliableSession>: it needs one, or the program no plugin.");
  const std::string sentence = "<reliableSession> is not enabled: write enabled=\"true\", or leave the plugin out.";
  EXPECT_EQ(Refusal(Standard("<reliableSession ordered=\"true\"/>" + std::string(kNoSecurity))),
            "App.config:6: " + sentence);
  EXPECT_EQ(Refusal(Standard("<reliableSession\nenabled=\"false\"/>" + std::string(kNoSecurity))),
            "App.config:7: " + sentence);
}

TEST(HttpBinding, MustSayThatThereIsNoMessageSecurity) {
  const std::string sentence =
      "The binding 'B' means message security, which is not spoken: write <security mode=\"None\"/>.";
  EXPECT_EQ(Refusal(Standard(kReliable)), "App.config:5: " + sentence);
  EXPECT_EQ(Refusal(Standard(std::string(kReliable) + "\n<security/>")), "App.config:7: " + sentence);
}

TEST(HttpBinding, RefusesSecurityModes) {
  const auto mode = [](const std::string& value) {
    return Refusal(Standard(std::string(kReliable) + "\n<security mode=\"" + value + "\"/>"));
  };
  EXPECT_EQ(mode("None"), "accepted");
  EXPECT_EQ(mode("Transport"),
            "App.config:7: mode 'Transport' cannot be honoured: WCF refuses it together with a reliable session; use a "
            "customBinding with <reliableSession>, <textMessageEncoding> and <httpsTransport>.");
  for (const char* const value : {"Message", "TransportWithMessageCredential", "none", ""}) {
    EXPECT_EQ(mode(value), "App.config:7: mode must be None, not '" + std::string(value) +
                               "': message security (WS-Security, WS-SecureConversation) is not spoken.");
  }
}

TEST(HttpBinding, RefusesWhatIsNotKnownWithinIt) {
  EXPECT_EQ(Refusal(Standard(ReliableWithoutSecurity() + "\n<foo/>")),
            "App.config:8: <binding> has an element <foo> that is not known.");
  EXPECT_EQ(Refusal(Standard(ReliableWithoutSecurity() + "\n" + kReliable)),
            "App.config:8: <reliableSession> stands here again; the first is on line 6.");
  EXPECT_EQ(Refusal(Standard(std::string(kReliable) + "\n<security mode=\"None\"><message foo=\"1\"/></security>")),
            "App.config:7: <message> has an attribute 'foo' that is not known.");
  EXPECT_EQ(Refusal(Standard(std::string(kReliable) + "\n<security mode=\"None\"><foo/></security>")),
            "App.config:7: <security> has an element <foo> that is not known.");
}

}  // namespace
}  // namespace gsoaprm::config
