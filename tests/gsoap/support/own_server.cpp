#include "gsoap/support/own_server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

namespace gsoaprm::testing {

OwnServer::OwnServer(struct soap* soap, std::function<void(struct soap*)> serve)
    : soap_(soap), serve_(std::move(serve)) {
  soap_->bind_flags = SO_REUSEADDR;
  soap_->max_keep_alive = 0;
  EXPECT_TRUE(soap_valid_socket(soap_bind(soap_, "127.0.0.1", 0, 100)));
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(soap_->master, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

OwnServer::~OwnServer() {
  stopping_ = true;
  shutdown(soap_->master, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& connection : connections_) connection.join();
}

void OwnServer::Accept() {
  while (!stopping_) {
    if (!soap_valid_socket(soap_accept(soap_))) continue;
    struct soap* const copy = soap_copy(soap_);
    soap_->socket = SOAP_INVALID_SOCKET;  // the connection is the copy's
    connections_.emplace_back([this, copy] {
      serve_(copy);
      soap_destroy(copy);
      soap_end(copy);
      soap_free(copy);
    });
  }
}

OwnContext::OwnContext(soap_mode mode) : soap_(soap_new1(mode)) { signal(SIGPIPE, SIG_IGN); }

OwnContext::~OwnContext() {
  soap_destroy(soap_);
  soap_end(soap_);
  soap_free(soap_);
}

std::string OwnContext::Fault() const { return FaultText(soap_); }

std::string FaultText(struct soap* soap) {
  char text[4096] = "";
  soap_sprint_fault(soap, text, sizeof text);
  return text;
}

}  // namespace gsoaprm::testing
