#include "config/wcf_rules.h"

namespace gsoaprm::config {
namespace {

using Use = AttributeUse;

// ---- reasons that are used more than once ----

constexpr std::string_view kProxyReason = "the program says which proxy to use (soap->proxy_host)";
constexpr std::string_view kCookieReason = "cookies are a matter of how gSOAP was built (WITH_COOKIES)";
constexpr std::string_view kHostReason = "gSOAP listens where the program binds it";
constexpr std::string_view kNoTransactions = "transactions (WS-AtomicTransaction) are not spoken";
constexpr std::string_view kUtf8Reason = "gSOAP writes UTF-8";

// ---- reader quotas ----

constexpr AttributeRule kQuotas[] = {
    {"maxDepth", Use::kQuota, "32", {}},
    {"maxStringContentLength", Use::kQuota, "8192", {}},
    {"maxArrayLength", Use::kQuota, "16384", {}},
    {"maxBytesPerRead", Use::kQuota, "4096", {}},
    {"maxNameTableCharCount", Use::kQuota, "16384", {}},
};
constexpr ElementRule kQuotaElements[] = {{"readerQuotas", kQuotas, {}}};

// ---- customBinding ----

constexpr AttributeRule kReliableSession[] = {
    {"acknowledgementInterval", Use::kOption, {}, {}},
    {"flowControlEnabled", Use::kOption, {}, {}},
    {"inactivityTimeout", Use::kOption, {}, {}},
    {"maxPendingChannels", Use::kOption, {}, {}},
    {"maxRetryCount", Use::kOption, {}, {}},
    {"maxTransferWindowSize", Use::kOption, {}, {}},
    {"ordered", Use::kOption, {}, {}},
    {"reliableMessagingVersion", Use::kOption, {}, {}},
};

constexpr AttributeRule kTextEncoding[] = {
    {"messageVersion", Use::kReadApart, {}, {}},
    {"writeEncoding", Use::kOnly, "utf-8", kUtf8Reason},
    {"maxReadPoolSize", Use::kNumber, {}, {}},
    {"maxWritePoolSize", Use::kNumber, {}, {}},
};

constexpr AttributeRule kExtendedProtection[] = {
    {"policyEnforcement", Use::kOnly, "Never", "channel binding tokens are not checked"},
};
constexpr ElementRule kExtendedProtectionElements[] = {{"extendedProtectionPolicy", kExtendedProtection, {}}};

// HttpTransportElement with what it inherits; httpsTransport has one more, at the end.
constexpr AttributeRule kTransport[] = {
    {"maxReceivedMessageSize", Use::kOption, {}, {}},
    {"maxBufferSize", Use::kReadApart, {}, {}},
    {"maxBufferPoolSize", Use::kNumber, {}, {}},
    {"maxPendingAccepts", Use::kNumber, {}, {}},
    {"keepAliveEnabled", Use::kOnly, "true",
     "whether connections are kept is the program's choice (SOAP_IO_KEEPALIVE)"},
    {"transferMode", Use::kOnly, "Buffered", "a message that may have to be sent again is held in memory"},
    {"manualAddressing", Use::kOnly, "false", "a reliable session needs its WS-Addressing headers"},
    {"allowCookies", Use::kOnly, "false", kCookieReason},
    {"authenticationScheme", Use::kOnly, "Anonymous",
     "the program gives user and password (soap->userid, soap->passwd)"},
    {"proxyAuthenticationScheme", Use::kOnly, "Anonymous",
     "the program gives user and password for the proxy (soap->proxy_userid, soap->proxy_passwd)"},
    {"realm", Use::kOnly, "", "the program names the realm (soap->authrealm)"},
    {"unsafeConnectionNtlmAuthentication", Use::kOnly, "false", "NTLM is not spoken"},
    {"bypassProxyOnLocal", Use::kOnly, "false", kProxyReason},
    {"proxyAddress", Use::kOnly, "", kProxyReason},
    {"useDefaultWebProxy", Use::kBoolean, {}, kProxyReason},
    {"decompressionEnabled", Use::kOnly, "true", "gzip is always read"},
    {"hostNameComparisonMode", Use::kOnly, "StrongWildcard", kHostReason},
    {"requestInitializationTimeout", Use::kOnly, "00:00:00",
     "the program limits how long a request may take"
     " (soap->recv_timeout)"},
    {"requireClientCertificate", Use::kOnly, "false",
     "the program asks for client certificates (soap_ssl_server_context)"},
};
constexpr std::size_t kHttpTransportCount = sizeof kTransport / sizeof kTransport[0] - 1;

constexpr Rules<AttributeRule> WithoutTheLast(Rules<AttributeRule> rules) {
  --rules.count;
  return rules;
}
static_assert(kTransport[kHttpTransportCount].name == "requireClientCertificate");

constexpr std::string_view kOnlyHttp = "only HTTP is spoken; use <httpTransport> or <httpsTransport>";
constexpr std::string_view kNoSoap = "it carries no SOAP; use <textMessageEncoding>";
constexpr std::string_view kStreamSecurity = "it is for TCP; use <httpsTransport>";

constexpr ElementRule kCustomElements[] = {
    {"reliableSession", kReliableSession, {}, StackPlace::kReliableSession},
    {"textMessageEncoding", kTextEncoding, kQuotaElements, StackPlace::kEncoding},
    {"httpTransport", WithoutTheLast(kTransport), kExtendedProtectionElements, StackPlace::kTransport},
    {"httpsTransport", kTransport, kExtendedProtectionElements, StackPlace::kTransport},
    {"security",
     {},
     {},
     StackPlace::kNone,
     "message security (WS-Security, WS-SecureConversation) is not spoken; use <httpsTransport> without it"},
    {"binaryMessageEncoding", {}, {}, StackPlace::kNone, "binary envelopes are not spoken; use <textMessageEncoding>"},
    {"mtomMessageEncoding",
     {},
     {},
     StackPlace::kNone,
     "MTOM is chosen in the gSOAP program (SOAP_ENC_MTOM); give the program a binding with <textMessageEncoding>"},
    {"webMessageEncoding", {}, {}, StackPlace::kNone, kNoSoap},
    {"byteStreamMessageEncoding", {}, {}, StackPlace::kNone, kNoSoap},
    {"transactionFlow", {}, {}, StackPlace::kNone, kNoTransactions},
    {"compositeDuplex",
     {},
     {},
     StackPlace::kNone,
     "replies come on the response of an HTTP request, not on a second connection"},
    {"oneWay", {}, {}, StackPlace::kNone, "a reliable session carries one-way operations without it"},
    {"context", {}, {}, StackPlace::kNone, "context exchange is not spoken"},
    {"sslStreamSecurity", {}, {}, StackPlace::kNone, kStreamSecurity},
    {"windowsStreamSecurity", {}, {}, StackPlace::kNone, kStreamSecurity},
    {"tcpTransport", {}, {}, StackPlace::kNone, kOnlyHttp},
    {"namedPipeTransport", {}, {}, StackPlace::kNone, kOnlyHttp},
    {"msmqTransport", {}, {}, StackPlace::kNone, kOnlyHttp},
    {"msmqIntegration", {}, {}, StackPlace::kNone, kOnlyHttp},
    {"peerTransport", {}, {}, StackPlace::kNone, kOnlyHttp},
    {"udpTransport", {}, {}, StackPlace::kNone, kOnlyHttp},
};
constexpr AttributeRule kCustomAttributes[] = {
    {"name", Use::kReadApart, {}, {}},           {"openTimeout", Use::kOption, {}, {}},
    {"closeTimeout", Use::kOption, {}, {}},      {"sendTimeout", Use::kOption, {}, {}},
    {"receiveTimeout", Use::kReadApart, {}, {}},
};
constexpr ElementRule kCustomBinding = {"binding", kCustomAttributes, kCustomElements};

// ---- wsHttpBinding, ws2007HttpBinding ----

constexpr AttributeRule kWsReliableSession[] = {
    {"enabled", Use::kReadApart, {}, {}},
    {"ordered", Use::kOption, {}, {}},
    {"inactivityTimeout", Use::kOption, {}, {}},
};

// With mode None WCF reads these and leaves them without effect; its tools write them always.
constexpr AttributeRule kTransportSecurity[] = {
    {"clientCredentialType", Use::kText, {}, {}},
    {"proxyCredentialType", Use::kText, {}, {}},
    {"realm", Use::kText, {}, {}},
};
constexpr AttributeRule kMessageSecurity[] = {
    {"clientCredentialType", Use::kText, {}, {}},
    {"negotiateServiceCredential", Use::kText, {}, {}},
    {"algorithmSuite", Use::kText, {}, {}},
    {"establishSecurityContext", Use::kText, {}, {}},
};
constexpr ElementRule kSecurityElements[] = {
    {"transport", kTransportSecurity, kExtendedProtectionElements},
    {"message", kMessageSecurity, {}},
};
constexpr AttributeRule kSecurity[] = {{"mode", Use::kReadApart, {}, {}}};

constexpr ElementRule kWsElements[] = {
    {"reliableSession", kWsReliableSession, {}},
    {"security", kSecurity, kSecurityElements},
    {"readerQuotas", kQuotas, {}},
};
constexpr AttributeRule kWsAttributes[] = {
    {"name", Use::kReadApart, {}, {}},
    {"openTimeout", Use::kOption, {}, {}},
    {"closeTimeout", Use::kOption, {}, {}},
    {"sendTimeout", Use::kOption, {}, {}},
    {"receiveTimeout", Use::kReadApart, {}, {}},
    {"maxReceivedMessageSize", Use::kOption, {}, {}},
    {"maxBufferPoolSize", Use::kNumber, {}, {}},
    {"messageEncoding", Use::kOnly, "Text", "MTOM is chosen in the gSOAP program (SOAP_ENC_MTOM)"},
    {"textEncoding", Use::kOnly, "utf-8", kUtf8Reason},
    {"allowCookies", Use::kOnly, "false", kCookieReason},
    {"bypassProxyOnLocal", Use::kOnly, "false", kProxyReason},
    {"proxyAddress", Use::kOnly, "", kProxyReason},
    {"useDefaultWebProxy", Use::kBoolean, {}, kProxyReason},
    {"transactionFlow", Use::kOnly, "false", kNoTransactions},
    {"hostNameComparisonMode", Use::kOnly, "StrongWildcard", kHostReason},
};
constexpr ElementRule kWsBinding = {"binding", kWsAttributes, kWsElements};

// ---- other kinds ----

struct KindRefusal {
  std::string_view kind;
  std::string_view reason;
};
constexpr std::string_view kNoReliableSessions = "it has no reliable sessions";
constexpr std::string_view kNotHttp = "it does not use HTTP";
constexpr std::string_view kBinary = "it sends binary envelopes";
constexpr std::string_view kFederation = "it needs message security, which is not spoken";
constexpr KindRefusal kKindRefusals[] = {
    {"basicHttpBinding", kNoReliableSessions},
    {"basicHttpsBinding", kNoReliableSessions},
    {"basicHttpContextBinding", kNoReliableSessions},
    {"webHttpBinding", kNoReliableSessions},
    {"netTcpBinding", kNotHttp},
    {"netTcpContextBinding", kNotHttp},
    {"netNamedPipeBinding", kNotHttp},
    {"netMsmqBinding", kNotHttp},
    {"msmqIntegrationBinding", kNotHttp},
    {"netPeerTcpBinding", kNotHttp},
    {"udpBinding", kNotHttp},
    {"netHttpBinding", kBinary},
    {"netHttpsBinding", kBinary},
    {"wsDualHttpBinding", "its replies come on a second connection, which is not spoken"},
    {"wsHttpContextBinding", "context exchange is not spoken"},
    {"wsFederationHttpBinding", kFederation},
    {"ws2007FederationHttpBinding", kFederation},
};

}  // namespace

const ElementRule& CustomBindingRule() { return kCustomBinding; }
const ElementRule& WsHttpBindingRule() { return kWsBinding; }

std::string_view BindingKindRefusal(std::string_view kind) {
  for (const KindRefusal& refusal : kKindRefusals) {
    if (refusal.kind == kind) return refusal.reason;
  }
  return "it is not known";
}

}  // namespace gsoaprm::config
