// Reliable sessions over HTTPS, with the TLS context that the application has set.
#include <gtest/gtest.h>
#include <netdb.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <memory>

#include "Echoes.nsmap"
#include "gsoap/support/options.h"
#include "gsoap/support/own_server.h"
#include "gsoap/support/ownership.h"
#include "gsoap/support/raw_http.h"
#include "gsoap/tls/certificates.h"
#include "gsoap/tls/tunnel.h"
#include "soapEchoesProxy.h"
#include "soapEchoesService.h"
#include "soap_rm.h"

namespace gsoaprm::testing {
namespace {

std::unique_ptr<Certificates> certificates;

class OverTls : public ::testing::TestWithParam<soap_rm_protocol_version> {
 protected:
  static void SetUpTestSuite() {
    soap_ssl_init();
    certificates = std::make_unique<Certificates>();
  }
  static void TearDownTestSuite() { certificates.reset(); }

  OverTls() : options_(QuickOptions(GetParam())), server_(SOAP_IO_DEFAULT), client_(std::make_unique<OwnContext>()) {
    EXPECT_EQ(
        soap_ssl_server_context(server_.get(), SOAP_SSL_REQUIRE_CLIENT_AUTHENTICATION, certificates->server().c_str(),
                                nullptr, certificates->authority().c_str(), nullptr, nullptr, nullptr, "tls_test"),
        SOAP_OK)
        << server_.Fault();
    { EchoesService namespaces(server_.get()); }
    EXPECT_EQ(soap_register_plugin_arg(server_.get(), soap_rm, &options_), SOAP_OK);
    server_->user = this;
    listener_ = std::make_unique<OwnServer>(server_.get(), [this](struct soap* soap) { Serve(soap); });
  }
  ~OverTls() override {
    client_.reset();
    listener_.reset();
  }

  // One request on each connection. The one whose number is lost_ ends before its request is read.
  void Serve(struct soap* soap) {
    if (soap_ssl_accept(soap) != SOAP_OK) return;
    if (++connections_ == lost_connection_) {
      soap_force_closesock(soap);
      return;
    }
    EchoesService(soap).serve();
  }

  void SetUpClient(const std::string& certificate, const std::string& authority,
                   unsigned short flags = SOAP_SSL_DEFAULT) {
    EXPECT_EQ(soap_ssl_client_context(client_->get(), flags, certificate.c_str(), nullptr, authority.c_str(), nullptr,
                                      nullptr),
              SOAP_OK)
        << client_->Fault();
    EXPECT_EQ(soap_register_plugin_arg(client_->get(), soap_rm, &options_), SOAP_OK);
  }
  std::string url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(listener_->port()) + "/echoes";
  }
  std::string Call(const std::string& text, const std::string& host = "localhost") {
    const std::string endpoint = url(host);
    EchoesProxy proxy(client_->get());
    proxy.soap_endpoint = endpoint.c_str();
    std::string result;
    if (proxy.Echo(text, result) != SOAP_OK) result = client_->Fault();
    soap_destroy(client_->get());
    soap_end(client_->get());
    return result;
  }

  soap_rm_error Error() {
    soap_rm_error error{};
    error.size = sizeof error;
    EXPECT_EQ(soap_rm_get_error(client_->get(), &error), SOAP_OK);
    return error;
  }

  soap_rm_options options_;
  OwnContext server_;
  std::unique_ptr<OwnContext> client_;
  std::unique_ptr<OwnServer> listener_;
  std::atomic<int> connections_{0};
  std::atomic<int> lost_connection_{0};

 public:
  std::atomic<int> executions_{0};
  std::atomic<int> lost_response_{0};  // the execution whose connection ends before its response
};

INSTANTIATE_TEST_SUITE_P(Versions, OverTls, ::testing::Values(SOAP_RM_FEBRUARY_2005, SOAP_RM_11),
                         [](const auto& p) { return p.param == SOAP_RM_11 ? "Rm11" : "Rm2005"; });

// A connection with this certificate, one request, one answer.
HttpAnswer Exchange(int port, const std::string& certificate, const std::string& request) {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_use_certificate_file(context.get(), certificate.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_use_PrivateKey_file(context.get(), certificate.c_str(), SSL_FILETYPE_PEM);
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), SSL_free);
  SSL_set_fd(tls.get(), descriptor);
  EXPECT_EQ(SSL_connect(tls.get()), 1);
  EXPECT_EQ(SSL_write(tls.get(), request.data(), static_cast<int>(request.size())), static_cast<int>(request.size()));
  std::string bytes;
  char buffer[16384];
  for (int n; (n = SSL_read(tls.get(), buffer, sizeof buffer)) > 0;) bytes.append(buffer, static_cast<std::size_t>(n));
  close(descriptor);
  HttpAnswer answer;
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return answer;
  answer.header = bytes.substr(0, end + 2);
  answer.body = bytes.substr(end + 4);
  answer.status = std::atoi(bytes.c_str() + 9);
  return answer;
}

TEST_P(OverTls, CallsSurviveALostRequestAndALostResponse) {
  SetUpClient(certificates->alice(), certificates->authority());
  EXPECT_EQ(Call("one"), "one");
  lost_connection_ = connections_ + 1;
  EXPECT_EQ(Call("two"), "two");
  EXPECT_GT(connections_, lost_connection_);
  lost_response_ = executions_ + 1;
  EXPECT_EQ(Call("three"), "three");
  EXPECT_EQ(executions_, 3);
  EXPECT_EQ(soap_rm_close(client_->get(), nullptr), SOAP_OK) << client_->Fault();
}

TEST_P(OverTls, LongMessagesArrive) {
  SetUpClient(certificates->alice(), certificates->authority());
  const std::string text(300000, 'x');
  EXPECT_EQ(Call(text), text);
  EXPECT_EQ(soap_rm_close(client_->get(), nullptr), SOAP_OK) << client_->Fault();
}

TEST_P(OverTls, AProxyCarriesAllExchangesInTunnels) {
  const Tunnel tunnel(listener_->port());
  SetUpClient(certificates->alice(), certificates->authority());
  (*client_)->proxy_host = "127.0.0.1";
  (*client_)->proxy_port = tunnel.port();
  EXPECT_EQ(Call("one"), "one");
  lost_connection_ = connections_ + 1;
  EXPECT_EQ(Call("two"), "two");
  lost_response_ = executions_ + 1;
  EXPECT_EQ(Call("three"), "three");
  EXPECT_EQ(executions_, 3);
  EXPECT_EQ(soap_rm_close(client_->get(), nullptr), SOAP_OK) << client_->Fault();
  EXPECT_EQ(tunnel.requests().size(), static_cast<std::size_t>(connections_)) << "none went past the proxy";
  for (const std::string& request : tunnel.requests())
    EXPECT_EQ(request.rfind("CONNECT localhost:" + std::to_string(listener_->port()) + " HTTP/1.", 0), 0u) << request;
}

TEST_P(OverTls, AProxyGetsTheUserThatTheApplicationSet) {
  const Tunnel tunnel(listener_->port(), "Basic YWxpY2U6c2VjcmV0");
  SetUpClient(certificates->alice(), certificates->authority());
  (*client_)->proxy_host = "127.0.0.1";
  (*client_)->proxy_port = tunnel.port();
  (*client_)->proxy_userid = "alice";
  (*client_)->proxy_passwd = "secret";
  EXPECT_EQ(Call("one"), "one");
  EXPECT_EQ(Call("two"), "two");
  EXPECT_EQ(soap_rm_close(client_->get(), nullptr), SOAP_OK) << client_->Fault();
}

TEST_P(OverTls, AProxyThatRefusesIsToldOfWithItsStatus) {
  options_.open_timeout = 2000;
  const Tunnel tunnel(listener_->port(), "Basic somebody else");
  SetUpClient(certificates->alice(), certificates->authority());
  (*client_)->proxy_host = "127.0.0.1";
  (*client_)->proxy_port = tunnel.port();
  const std::string fault = Call("one");
  EXPECT_NE(fault.find("the proxy answered HTTP 407"), std::string::npos) << fault;
  EXPECT_EQ(Error().outcome, SOAP_RM_NOT_SENT);
  EXPECT_EQ(connections_, 0);
}

// libgsoapssl++ has zlib of its own, which must not undo what we undo.
TEST_P(OverTls, CompressedMessagesArrive) {
  options_.compress = 1;
  SetUpClient(certificates->alice(), certificates->authority());
  const std::string text(30000, 'x');
  EXPECT_EQ(Call(text), text);
  EXPECT_EQ(soap_rm_close(client_->get(), nullptr), SOAP_OK) << client_->Fault();
}

TEST_P(OverTls, AContextThatIsFreedClosesItsSession) {
  SetUpClient(certificates->alice(), certificates->authority());
  EXPECT_EQ(Call("one"), "one");
  client_.reset();
  EXPECT_EQ(MetricsOf(server_.get()).sessions_faulted, 0u);
}

TEST_P(OverTls, AServerOfAnotherAuthorityIsRefusedWithAClearError) {
  SetUpClient(certificates->alice(), certificates->other_authority());
  const std::string fault = Call("one");
  EXPECT_NE(fault.find("TLS failed"), std::string::npos) << fault;
  EXPECT_NE(fault.find("certificate"), std::string::npos) << fault;
  EXPECT_EQ(executions_, 0);
  EXPECT_EQ(connections_, 0);
  EXPECT_STREQ(Error().code, "TLS");
  EXPECT_EQ(Error().error_class, SOAP_RM_ENDPOINT_DEAD);
  EXPECT_EQ(Error().outcome, SOAP_RM_NOT_SENT);
}

// Somebody else answers at the address: nothing is offered to him again and again.
TEST_P(OverTls, ASessionEndsWhenTheServerShowsAnotherCertificate) {
  SSL_CTX_set_num_tickets(server_->ctx, 0);  // a connection that resumes another verifies nothing
  SSL_CTX_set_options(server_->ctx, SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(server_->ctx, SSL_SESS_CACHE_OFF);
  SetUpClient(certificates->alice(), certificates->authority());
  EXPECT_EQ(Call("one"), "one");
  EXPECT_EQ(SSL_CTX_use_certificate_file(server_->ctx, certificates->stranger().c_str(), SSL_FILETYPE_PEM), 1);
  EXPECT_EQ(SSL_CTX_use_PrivateKey_file(server_->ctx, certificates->stranger().c_str(), SSL_FILETYPE_PEM), 1);
  const int before = connections_;
  const std::string fault = Call("two");
  EXPECT_NE(fault.find("certificate"), std::string::npos) << fault;
  EXPECT_STREQ(Error().code, "TLS");
  EXPECT_EQ(soap_rm_session_state(client_->get(), url("localhost").c_str()), SOAP_RM_FAULTED);
  EXPECT_EQ(connections_, before);
  EXPECT_EQ(executions_, 1);
}

TEST_P(OverTls, ASequenceBelongsToTheClientCertificateThatMadeIt) {
  const TwoWayOperation echo{"urn:gsoaprm:echoes/Echo",
                             "<t:Echo xmlns:t=\"urn:gsoaprm:echoes\"><text>secret</text></t:Echo>",
                             [this] { return executions_.load(); }};
  const auto asking_with = [this](const std::string& certificate) -> Asker {
    return
        [this, certificate](const std::string& request) { return Exchange(listener_->port(), certificate, request); };
  };
  ExpectSequenceBelongsToItsOwner(GetParam() == SOAP_RM_11 ? wire::RmVersion::k11 : wire::RmVersion::kFebruary2005,
                                  echo, asking_with(certificates->alice()), asking_with(certificates->mallory()));
}

// The same user over a connection with another certificate is somebody else, and so is another user over the same.
TEST_P(OverTls, ASequenceBelongsToCertificateAndUserTogether) {
  const TwoWayOperation echo{"urn:gsoaprm:echoes/Echo",
                             "<t:Echo xmlns:t=\"urn:gsoaprm:echoes\"><text>secret</text></t:Echo>",
                             [this] { return executions_.load(); }};
  const auto asking = [this](const std::string& certificate, const std::string& user) -> Asker {
    return [this, certificate, user](std::string request) {
      request.insert(request.find("\r\n") + 2, "Authorization: Basic " + user + "\r\n");
      return Exchange(listener_->port(), certificate, request);
    };
  };
  const wire::RmVersion version = GetParam() == SOAP_RM_11 ? wire::RmVersion::k11 : wire::RmVersion::kFebruary2005;
  const Asker owner = asking(certificates->alice(), "YWxpY2U6c2VjcmV0");
  ExpectSequenceBelongsToItsOwner(version, echo, owner, asking(certificates->mallory(), "YWxpY2U6c2VjcmV0"));
  ExpectSequenceBelongsToItsOwner(version, echo, owner, asking(certificates->alice(), "bWFsbG9yeTpzZWNyZXQ="));
}

}  // namespace
}  // namespace gsoaprm::testing

int EchoesService::Echo(const std::string& text, std::string& result) {
  auto* const test = static_cast<gsoaprm::testing::OverTls*>(soap->user);
  if (++test->executions_ == test->lost_response_) shutdown(soap->socket, SHUT_RDWR);
  result = text;
  return SOAP_OK;
}
