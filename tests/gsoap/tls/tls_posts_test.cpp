// What a server posts over TLS: to a host that has the certificate of its name, by an authority that is believed.
#include <gtest/gtest.h>
#include <signal.h>

#include <memory>

#include "gsoap/support/own_server.h"
#include "gsoap/tls/certificates.h"
#include "net/http_poster.h"
#include "soapEchoesService.h"

namespace gsoaprm::testing {
namespace {

// Every host is this one.
class Loopback : public net::Resolver {
 public:
  std::vector<net::SocketAddress> Resolve(const HttpOrigin& origin) override {
    return system_.Resolve(HttpOrigin{origin.secure, "127.0.0.1", origin.port});
  }

 private:
  net::SystemResolver system_;
};

class PostsOverTls : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    soap_ssl_init();
    certificates_ = std::make_unique<Certificates>();
  }
  static void TearDownTestSuite() { certificates_.reset(); }

  // What comes of a post to a service with this certificate, at `host`, by somebody who believes this authority.
  net::PostResult PostTo(const std::string& certificate, const std::string& host, const std::string& authority) {
    OwnContext context(SOAP_IO_DEFAULT);
    EXPECT_EQ(soap_ssl_server_context(context.get(), SOAP_SSL_DEFAULT, certificate.c_str(), nullptr, nullptr, nullptr,
                                      nullptr, nullptr, "tls_posts"),
              SOAP_OK)
        << context.Fault();
    OwnServer server(context.get(), [](struct soap* soap) {
      if (soap_ssl_accept(soap) == SOAP_OK) EchoesService(soap).serve();
    });
    net::HttpPost post;
    post.address = *ReadHttpAddress("https://" + host + ":" + std::to_string(server.port()) + "/");
    post.content_type = "application/soap+xml; charset=utf-8";
    // Nothing that the service knows: it answers with a fault.
    post.entity =
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><Unknown/></s:Body></s:Envelope>";
    Loopback resolver;
    net::HttpPoster poster(&resolver, std::chrono::milliseconds(20000), authority);
    // As the queue's threads have it.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return poster.Send(post);
  }

  static std::unique_ptr<Certificates> certificates_;
};
std::unique_ptr<Certificates> PostsOverTls::certificates_;

TEST_F(PostsOverTls, ReachTheHostThatHasTheCertificateOfItsName) {
  const net::PostResult result = PostTo(certificates_->server(), "localhost", certificates_->authority());
  EXPECT_NE(result.http_status, 0) << result.problem;
  EXPECT_NE(PostTo(certificates_->server(), "127.0.0.1", certificates_->authority()).http_status, 0);
}

TEST_F(PostsOverTls, GoNowhereWhenTheCertificateIsOfAnotherHost) {
  const net::PostResult result = PostTo(certificates_->server(), "other.example", certificates_->authority());
  EXPECT_EQ(result.http_status, 0);
  EXPECT_EQ(result.problem, "TLS failed: hostname mismatch");
  const net::PostResult address = PostTo(certificates_->server(), "10.0.0.1", certificates_->authority());
  EXPECT_EQ(address.problem, "TLS failed: IP address mismatch");
}

TEST_F(PostsOverTls, GoNowhereWhenTheAuthorityIsNotBelieved) {
  for (const std::string& authority : {certificates_->other_authority(), std::string()}) {
    const net::PostResult result = PostTo(certificates_->server(), "localhost", authority);
    EXPECT_EQ(result.http_status, 0);
    EXPECT_EQ(result.problem.rfind("TLS failed: ", 0), 0u) << result.problem;
  }
}

TEST_F(PostsOverTls, GoNowhereWithoutAuthorities) {
  const net::PostResult result = PostTo(certificates_->server(), "localhost", "/nowhere.pem");
  EXPECT_EQ(result.problem, "the certificates of the authorities cannot be read");
}

}  // namespace
}  // namespace gsoaprm::testing
