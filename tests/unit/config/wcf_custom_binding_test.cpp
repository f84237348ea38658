#include <gtest/gtest.h>

#include "config/wcf_rules.h"
#include "unit/config/wcf_text.h"

namespace gsoaprm::config {
namespace {

TEST(CustomBinding, SetsAllOfReliableSession) {
  const Loaded loaded =
      Load(Session("acknowledgementInterval=\"00:00:00.1\" flowControlEnabled=\"False\" inactivityTimeout=\"00:02:00\" "
                   "maxPendingChannels=\"5\" maxRetryCount=\"6\" maxTransferWindowSize=\"7\" ordered=\"false\" "
                   "reliableMessagingVersion=\"WSReliableMessaging11\""));
  ASSERT_TRUE(loaded.ok) << loaded.error;
  EXPECT_EQ(loaded.options.acknowledgement_interval, 100);
  EXPECT_EQ(loaded.options.flow_control_enabled, 0);
  EXPECT_EQ(loaded.options.inactivity_timeout, 120000);
  EXPECT_EQ(loaded.options.max_pending_channels, 5);
  EXPECT_EQ(loaded.options.max_retry_count, 6);
  EXPECT_EQ(loaded.options.max_transfer_window_size, 7);
  EXPECT_EQ(loaded.options.ordered, 0);
  EXPECT_EQ(loaded.options.reliable_messaging_version, SOAP_RM_11);
}

TEST(CustomBinding, GivesWcfsDefaultsToWhatItLeavesOut) {
  soap_rm_options options;
  soap_rm_options_default(&options);
  const soap_rm_options defaults = options;
  options.reliable_messaging_version = SOAP_RM_11;
  options.soap_version = SOAP_RM_SOAP_11;
  options.addressing_version = SOAP_RM_ADDRESSING_AUGUST_2004;
  options.acknowledgement_interval = options.inactivity_timeout = 1;
  options.open_timeout = options.send_timeout = options.close_timeout = 1;
  options.flow_control_enabled = options.ordered = 0;
  options.max_pending_channels = options.max_retry_count = options.max_transfer_window_size = 1;
  options.max_message_size = 2000;
  options.max_connections = 3;
  std::string error;
  ASSERT_TRUE(ReadWcfConfig(Layers("<reliableSession/><httpTransport/>"), "App.config", "B", &options, &error))
      << error;
  EXPECT_EQ(options.reliable_messaging_version, SOAP_RM_FEBRUARY_2005);
  EXPECT_EQ(options.soap_version, SOAP_RM_SOAP_12);
  EXPECT_EQ(options.addressing_version, SOAP_RM_ADDRESSING_10);
  EXPECT_EQ(options.acknowledgement_interval, defaults.acknowledgement_interval);
  EXPECT_EQ(options.inactivity_timeout, defaults.inactivity_timeout);
  EXPECT_EQ(options.open_timeout, defaults.open_timeout);
  EXPECT_EQ(options.send_timeout, defaults.send_timeout);
  EXPECT_EQ(options.close_timeout, defaults.close_timeout);
  EXPECT_EQ(options.flow_control_enabled, 1);
  EXPECT_EQ(options.ordered, 1);
  EXPECT_EQ(options.max_pending_channels, 4);
  EXPECT_EQ(options.max_retry_count, 8);
  EXPECT_EQ(options.max_transfer_window_size, 8);
  // A binding does not speak of these.
  EXPECT_EQ(options.max_message_size, 2000u);
  EXPECT_EQ(options.max_connections, 3);
}

TEST(CustomBinding, RefusesWrongValuesOfReliableSessionAtTheirLine) {
  const char* const cases[][2] = {
      {"acknowledgementInterval=\"00:00:00\"",
       "acknowledgementInterval must be a time from 1 to 2147483647 ms, written [d.]hh:mm:ss[.fff], not '00:00:00'."},
      {"inactivityTimeout=\"Infinite\"",
       "inactivityTimeout must be a time from 1 to 2147483647 ms, written [d.]hh:mm:ss[.fff], not 'Infinite'."},
      {"inactivityTimeout=\"600000\"",
       "inactivityTimeout must be a time from 1 to 2147483647 ms, written [d.]hh:mm:ss[.fff], not '600000'."},
      {"flowControlEnabled=\"1\"", "flowControlEnabled must be true or false, not '1'."},
      {"maxPendingChannels=\"16385\"", "maxPendingChannels must be a whole number from 1 to 16384, not '16385'."},
      {"maxRetryCount=\"0\"", "maxRetryCount must be a whole number from 1 to 2147483647, not '0'."},
      {"maxTransferWindowSize=\"4097\"", "maxTransferWindowSize must be a whole number from 1 to 4096, not '4097'."},
      {"ordered=\"maybe\"", "ordered must be true or false, not 'maybe'."},
      {"reliableMessagingVersion=\"1.2\"",
       "reliableMessagingVersion must be WSReliableMessagingFebruary2005, WSReliableMessaging11 or Default, not "
       "'1.2'."},
      {"enabled=\"true\"", "<reliableSession> has an attribute 'enabled' that is not known."},
      {"max_retry_count=\"3\"", "<reliableSession> has an attribute 'max_retry_count' that is not known."},
      {"Ordered=\"true\"", "<reliableSession> has an attribute 'Ordered' that is not known."},
  };
  for (const auto& [attribute, sentence] : cases) {
    EXPECT_EQ(Refusal(Session(attribute)), "App.config:6: " + std::string(sentence));
    EXPECT_EQ(Refusal(Session("\n\n" + std::string(attribute))), "App.config:8: " + std::string(sentence));
  }
}

TEST(CustomBinding, TakesTheTimeoutsOfTheBinding) {
  const Loaded loaded =
      Load(Custom{"openTimeout=\"00:00:01\" closeTimeout=\"00:00:02\" sendTimeout=\"00:00:03\"", "", "", ""}.text());
  ASSERT_TRUE(loaded.ok) << loaded.error;
  EXPECT_EQ(loaded.options.open_timeout, 1000);
  EXPECT_EQ(loaded.options.close_timeout, 2000);
  EXPECT_EQ(loaded.options.send_timeout, 3000);
  EXPECT_EQ(Refusal(Custom{"sendTimeout=\"-00:00:01\"", "", "", ""}.text()),
            "App.config:5: sendTimeout must be a time from 1 to 2147483647 ms, written [d.]hh:mm:ss[.fff], not "
            "'-00:00:01'.");
}

TEST(CustomBinding, TheSmallerOfReceiveTimeoutAndInactivityTimeoutWins) {
  const auto inactivity = [](const std::string& receive, const std::string& inactive) {
    const Loaded loaded = Load(Custom{"receiveTimeout=\"" + receive + "\"", inactive, "", ""}.text());
    EXPECT_TRUE(loaded.ok) << loaded.error;
    return loaded.options.inactivity_timeout;
  };
  EXPECT_EQ(inactivity("00:04:59.999", "inactivityTimeout=\"00:05:00\""), 299999);
  EXPECT_EQ(inactivity("00:05:00", "inactivityTimeout=\"00:05:00\""), 300000);
  EXPECT_EQ(inactivity("00:05:00.001", "inactivityTimeout=\"00:05:00\""), 300000);
  EXPECT_EQ(inactivity("00:01:00", ""), 60000);
  EXPECT_EQ(inactivity("infinite", "inactivityTimeout=\"01:00:00\""), 3600000);
  EXPECT_EQ(inactivity("10675199.02:48:05.477", "inactivityTimeout=\"01:00:00\""), 3600000);
  EXPECT_EQ(Load(Session("inactivityTimeout=\"01:00:00\"")).options.inactivity_timeout, 3600000);
}

TEST(CustomBinding, RefusesAReceiveTimeoutThatIsNone) {
  for (const char* const text : {"00:00:00", "10", "never"}) {
    EXPECT_EQ(Refusal(Custom{"receiveTimeout=\"" + std::string(text) + "\"", "", "", ""}.text()),
              "App.config:5: receiveTimeout must be a time from 1 ms, written [d.]hh:mm:ss[.fff], or Infinite, not '" +
                  std::string(text) + "'.");
  }
}

TEST(CustomBinding, TakesSoapAndAddressingFromTheMessageVersion) {
  const struct {
    const char* text;
    soap_rm_soap_version soap;
    soap_rm_addressing_version addressing;
  } cases[] = {
      {"Default", SOAP_RM_SOAP_12, SOAP_RM_ADDRESSING_10},
      {"Soap12WSAddressing10", SOAP_RM_SOAP_12, SOAP_RM_ADDRESSING_10},
      {"Soap11WSAddressing10", SOAP_RM_SOAP_11, SOAP_RM_ADDRESSING_10},
      {"Soap12WSAddressingAugust2004", SOAP_RM_SOAP_12, SOAP_RM_ADDRESSING_AUGUST_2004},
      {"Soap11WSAddressingAugust2004", SOAP_RM_SOAP_11, SOAP_RM_ADDRESSING_AUGUST_2004},
  };
  for (const auto& one : cases) {
    const Loaded loaded = Load(Encoding("messageVersion=\"" + std::string(one.text) + "\""));
    ASSERT_TRUE(loaded.ok) << loaded.error;
    EXPECT_EQ(loaded.options.soap_version, one.soap) << one.text;
    EXPECT_EQ(loaded.options.addressing_version, one.addressing) << one.text;
  }
  for (const char* const text : {"Soap11", "Soap12", "None", "", "soap12wsaddressing10"}) {
    EXPECT_EQ(Refusal(Encoding("messageVersion=\"" + std::string(text) + "\"")),
              "App.config:7: messageVersion must be Soap12WSAddressing10, Soap11WSAddressing10, "
              "Soap12WSAddressingAugust2004 or Soap11WSAddressingAugust2004, not '" +
                  std::string(text) + "': a reliable session needs WS-Addressing.");
  }
}

TEST(CustomBinding, TakesTheRestOfTextMessageEncoding) {
  EXPECT_EQ(Refusal(Encoding("writeEncoding=\"utf-8\" maxReadPoolSize=\"64\" maxWritePoolSize=\"2147483647\"")),
            "accepted");
  EXPECT_EQ(Refusal(Encoding("writeEncoding=\"UTF-8\"")), "accepted");
  EXPECT_EQ(Refusal(Encoding("writeEncoding=\"utf-16\"")),
            "App.config:7: writeEncoding must be utf-8, not 'utf-16': gSOAP writes UTF-8.");
  EXPECT_EQ(Refusal(Encoding("maxReadPoolSize=\"-1\"")),
            "App.config:7: maxReadPoolSize must be a whole number from 0 to 2147483647, not '-1'.");
  EXPECT_EQ(Refusal(Encoding("maxWritePoolSize=\"2147483648\"")),
            "App.config:7: maxWritePoolSize must be a whole number from 0 to 2147483647, not '2147483648'.");
  EXPECT_EQ(Refusal(Encoding("crossDomainScriptAccessEnabled=\"true\"")),
            "App.config:7: <textMessageEncoding> has an attribute 'crossDomainScriptAccessEnabled' that is not known.");
}

TEST(CustomBinding, TakesReaderQuotasFromWcfsDefaultsUp) {
  const auto quota = [](const std::string& name, const std::string& value) {
    return Refusal(Layers("<reliableSession/>\n<textMessageEncoding><readerQuotas " + name + "=\"" + value +
                          "\"/></textMessageEncoding><httpTransport/>"));
  };
  const struct {
    const char* name;
    int minimum;
  } cases[] = {{"maxDepth", 32},
               {"maxStringContentLength", 8192},
               {"maxArrayLength", 16384},
               {"maxBytesPerRead", 4096},
               {"maxNameTableCharCount", 16384}};
  for (const auto& one : cases) {
    for (const char* const value : {"0", "2147483646", "2147483647"}) EXPECT_EQ(quota(one.name, value), "accepted");
    EXPECT_EQ(quota(one.name, std::to_string(one.minimum)), "accepted");
    EXPECT_EQ(quota(one.name, std::to_string(one.minimum + 1)), "accepted");
    for (const std::string& value : {std::to_string(one.minimum - 1), std::string("2147483648"), std::string("x")}) {
      EXPECT_EQ(quota(one.name, value),
                "App.config:7: " + std::string(one.name) + " must be a whole number from " +
                    std::to_string(one.minimum) + " to 2147483647, not '" + value +
                    "': gSOAP has no such quota, and a lower one than WCF's default could not be kept.");
    }
  }
  EXPECT_EQ(quota("foo", "1"), "App.config:7: <readerQuotas> has an attribute 'foo' that is not known.");
}

TEST(CustomBinding, TakesTheMessageSizeOfTheTransport) {
  EXPECT_EQ(Load(Transport("maxReceivedMessageSize=\"65536\"")).options.max_message_size, 65536u);
  for (const char* const good : {"1024", "1025", "2147483646", "2147483647"}) {
    EXPECT_EQ(Refusal(Transport("maxReceivedMessageSize=\"" + std::string(good) + "\"")), "accepted");
  }
  for (const char* const bad : {"1023", "2147483648", "9223372036854775807", "1e6"}) {
    EXPECT_EQ(Refusal(Transport("maxReceivedMessageSize=\"" + std::string(bad) + "\"")),
              "App.config:8: maxReceivedMessageSize must be a number of bytes from 1024 to 2147483647, not '" +
                  std::string(bad) + "'.");
  }
}

TEST(CustomBinding, WantsTheBufferAsLargeAsTheMessageAsWcfDoes) {
  EXPECT_EQ(Refusal(Transport("maxBufferSize=\"65536\"")), "accepted");
  EXPECT_EQ(Refusal(Transport("maxBufferSize=\"2000\" maxReceivedMessageSize=\"2000\"")), "accepted");
  EXPECT_EQ(
      Refusal(Transport("maxBufferSize=\"65536\" maxReceivedMessageSize=\"2000\"")),
      "App.config:8: maxBufferSize must be 2000, which is maxReceivedMessageSize, not '65536': WCF wants both the "
      "same.");
  EXPECT_EQ(
      Refusal(Transport("maxBufferSize=\"2000\"")),
      "App.config:8: maxBufferSize must be 65536, which is maxReceivedMessageSize, not '2000': WCF wants both the "
      "same.");
}

TEST(CustomBinding, TakesATransportAsVisualStudioWritesItWithAllDefaults) {
  const std::string defaults =
      "manualAddressing=\"false\" maxBufferPoolSize=\"524288\" maxReceivedMessageSize=\"65536\" allowCookies=\"false\" "
      "authenticationScheme=\"Anonymous\" bypassProxyOnLocal=\"false\" decompressionEnabled=\"true\" "
      "hostNameComparisonMode=\"StrongWildcard\" keepAliveEnabled=\"true\" maxBufferSize=\"65536\" "
      "maxPendingAccepts=\"0\" proxyAddress=\"\" proxyAuthenticationScheme=\"Anonymous\" realm=\"\" "
      "requestInitializationTimeout=\"00:00:00\" transferMode=\"Buffered\" "
      "unsafeConnectionNtlmAuthentication=\"false\" "
      "useDefaultWebProxy=\"true\"";
  EXPECT_EQ(Refusal(Transport(defaults)), "accepted");
  const auto https = [](const std::string& attributes) {
    return Refusal(Layers("<reliableSession/>\n<httpsTransport " + attributes +
                          "><extendedProtectionPolicy policyEnforcement=\"Never\"/></httpsTransport>"));
  };
  EXPECT_EQ(https(defaults + " requireClientCertificate=\"false\""), "accepted");
  EXPECT_EQ(
      https("requireClientCertificate=\"true\""),
      "App.config:7: requireClientCertificate must be false, not 'true': the program asks for client certificates "
      "(soap_ssl_server_context).");
}

TEST(CustomBinding, RefusesWhatItCannotHonourOfATransport) {
  const char* const cases[][4] = {
      {"keepAliveEnabled", "false", "true", "whether connections are kept is the program's choice (SOAP_IO_KEEPALIVE)"},
      {"transferMode", "Streamed", "Buffered", "a message that may have to be sent again is held in memory"},
      {"manualAddressing", "true", "false", "a reliable session needs its WS-Addressing headers"},
      {"allowCookies", "true", "false", "cookies are a matter of how gSOAP was built (WITH_COOKIES)"},
      {"authenticationScheme", "Basic", "Anonymous",
       "the program gives user and password (soap->userid, soap->passwd)"},
      {"proxyAuthenticationScheme", "Ntlm", "Anonymous",
       "the program gives user and password for the proxy (soap->proxy_userid, soap->proxy_passwd)"},
      {"realm", "x", "empty", "the program names the realm (soap->authrealm)"},
      {"unsafeConnectionNtlmAuthentication", "true", "false", "NTLM is not spoken"},
      {"bypassProxyOnLocal", "true", "false", "the program says which proxy to use (soap->proxy_host)"},
      {"proxyAddress", "http://p:3128", "empty", "the program says which proxy to use (soap->proxy_host)"},
      {"decompressionEnabled", "false", "true", "gzip is always read"},
      {"hostNameComparisonMode", "Exact", "StrongWildcard", "gSOAP listens where the program binds it"},
      {"requestInitializationTimeout", "00:00:05", "00:00:00",
       "the program limits how long a request may take (soap->recv_timeout)"},
  };
  for (const auto& [name, value, wanted, reason] : cases) {
    EXPECT_EQ(Refusal(Transport(std::string(name) + "=\"" + value + "\"")),
              "App.config:8: " + std::string(name) + " must be " + wanted + ", not '" + value + "': " + reason + ".");
  }
  EXPECT_EQ(Refusal(Transport("useDefaultWebProxy=\"maybe\"")),
            "App.config:8: useDefaultWebProxy must be true or false, not 'maybe'.");
  EXPECT_EQ(Refusal(Transport("useDefaultWebProxy=\"false\"")), "accepted");
  EXPECT_EQ(Refusal(Transport("requireClientCertificate=\"false\"")),
            "App.config:8: <httpTransport> has an attribute 'requireClientCertificate' that is not known.");
  EXPECT_EQ(Refusal(Transport("xml:lang=\"en\"")),
            "App.config:8: <httpTransport> has an attribute 'xml:lang' that is not known.");
}

TEST(CustomBinding, RefusesElementsWithinATransport) {
  EXPECT_EQ(Refusal(Layers("<reliableSession/>\n<httpTransport>\n<webSocketSettings/></httpTransport>")),
            "App.config:8: <httpTransport> has an element <webSocketSettings> that is not known.");
  EXPECT_EQ(Refusal(Layers("<reliableSession/>\n<httpTransport><extendedProtectionPolicy policyEnforcement=\"Always\"/>"
                           "</httpTransport>")),
            "App.config:7: policyEnforcement must be Never, not 'Always': channel binding tokens are not checked.");
}

TEST(CustomBinding, RefusesLayersThatCannotBeHonoured) {
  int refused = 0;
  for (const ElementRule& rule : CustomBindingRule().children) {
    if (rule.refusal.empty()) continue;
    ++refused;
    const std::string name(rule.name);
    EXPECT_EQ(Refusal(Layers("<reliableSession/>\n<" + name + "/><httpTransport/>")),
              "App.config:7: <" + name + "> cannot be honoured: " + std::string(rule.refusal) + ".");
  }
  EXPECT_EQ(refused, 17);
  EXPECT_EQ(
      Refusal(Layers("<reliableSession/>\n<security authenticationMode=\"SecureConversation\"/><httpTransport/>")),
      "App.config:7: <security> cannot be honoured: message security (WS-Security, WS-SecureConversation) is not "
      "spoken; use <httpsTransport> without it.");
  EXPECT_EQ(
      Refusal(Layers("<reliableSession/>\n<mtomMessageEncoding/><httpTransport/>")),
      "App.config:7: <mtomMessageEncoding> cannot be honoured: MTOM is chosen in the gSOAP program (SOAP_ENC_MTOM); "
      "give the program a binding with <textMessageEncoding>.");
  EXPECT_EQ(Refusal(Layers("<reliableSession/>\n<binaryMessageEncoding/><httpTransport/>")),
            "App.config:7: <binaryMessageEncoding> cannot be honoured: binary envelopes are not spoken; use "
            "<textMessageEncoding>.");
}

TEST(CustomBinding, RefusesWhatIsNotKnown) {
  EXPECT_EQ(Refusal(Layers("<reliableSession/>\n<fooEncoding/><httpTransport/>")),
            "App.config:7: <binding> has an element <fooEncoding> that is not known.");
  EXPECT_EQ(Refusal(Custom{"foo=\"1\"", "", "", ""}.text()),
            "App.config:5: <binding> has an attribute 'foo' that is not known.");
  EXPECT_EQ(Refusal(Layers("<reliableSession>x</reliableSession><httpTransport/>")),
            "App.config:6: <reliableSession> must not contain text.");
  EXPECT_EQ(Refusal(Layers("text<reliableSession/><httpTransport/>")),
            "App.config:5: <binding> must not contain text.");
  EXPECT_EQ(Refusal(Layers("<x:reliableSession xmlns:x=\"urn:x\"/><httpTransport/>")),
            "App.config:6: <binding> has an element <x:reliableSession> that is not known.");
}

TEST(CustomBinding, KeepsWcfsOrderOfLayers) {
  EXPECT_EQ(Refusal(Layers("<textMessageEncoding/>\n<reliableSession/>\n<httpTransport/>")),
            "App.config:7: <reliableSession> must stand above <textMessageEncoding> on line 6: the order is "
            "reliableSession, encoding, transport.");
  EXPECT_EQ(Refusal(Layers("<reliableSession/>\n<httpTransport/>\n<textMessageEncoding/>")),
            "App.config:8: <textMessageEncoding> must stand above <httpTransport> on line 7: the order is "
            "reliableSession, encoding, transport.");
  EXPECT_EQ(Refusal(Layers("<httpTransport/>\n<reliableSession/>")),
            "App.config:7: <reliableSession> must stand above <httpTransport> on line 6: the order is reliableSession, "
            "encoding, transport.");
}

TEST(CustomBinding, HasEachLayerOnce) {
  EXPECT_EQ(Refusal(Layers("<reliableSession/>\n<reliableSession/><httpTransport/>")),
            "App.config:7: <reliableSession> stands here again; the first is on line 6.");
  EXPECT_EQ(Refusal(Layers("<reliableSession/>\n<httpTransport/>\n<httpsTransport/>")),
            "App.config:8: <httpsTransport> stands beside <httpTransport> on line 7, and there can be only one.");
}

TEST(CustomBinding, NeedsAReliableSessionAndATransport) {
  EXPECT_EQ(Refusal(Layers("<textMessageEncoding/><httpTransport/>")),
            "App.config:5: The binding 'B' has no <reliableSession>: it needs one, or the program no plugin.");
  EXPECT_EQ(Refusal(Layers("<reliableSession/><textMessageEncoding/>")),
            "App.config:5: The binding 'B' has no transport: it needs <httpTransport> or <httpsTransport> at its end.");
  EXPECT_EQ(Refusal(Layers("<reliableSession/><httpTransport/>")), "accepted");
}

}  // namespace
}  // namespace gsoaprm::config
