#include "gsoap/support/bystander.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gsoap/support/raw_http.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::testing {

Bystander::Bystander() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(socket_, 8), 0);
  getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
  uri_ = Uri("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/internal-admin");
}

Bystander::~Bystander() { close(socket_); }

bool Bystander::IsLeftAlone() const { return accept(socket_, nullptr, nullptr) < 0; }

std::string WithAddress(const wire::Envelope& envelope, const std::string& name, const Uri& address) {
  wire::WrittenMessage message = wire::WriteEnvelope(envelope);
  const std::string block = "<w:" + name + " xmlns:w=\"http://www.w3.org/2005/08/addressing\"><w:Address>" +
                            address.text() + "</w:Address></w:" + name + ">";
  message.entity.insert(message.entity.find('>', message.entity.find(":Header")) + 1, block);
  return Post(message.content_type, message.entity);
}

}  // namespace gsoaprm::testing
