#include "gsoap/tls/tunnel.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace gsoaprm::testing {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

bool Send(int to, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t n = send(to, bytes, size, MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

// Until one side ends.
void Relay(int one, int other) {
  pollfd sides[2] = {{one, POLLIN, 0}, {other, POLLIN, 0}};
  char buffer[65536];
  while (poll(sides, 2, -1) > 0) {
    for (int i = 0; i < 2; i++) {
      if (!sides[i].revents) continue;
      const ssize_t n = recv(sides[i].fd, buffer, sizeof buffer, 0);
      if (n <= 0 || !Send(sides[1 - i].fd, buffer, static_cast<std::size_t>(n))) return;
    }
  }
}

}  // namespace

Tunnel::Tunnel(int to, std::string credentials)
    : to_(to), credentials_(std::move(credentials)), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(listener_, 100), 0);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

Tunnel::~Tunnel() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  for (std::thread& thread : threads_) thread.join();
  for (const int socket : sockets_) close(socket);
  close(listener_);
}

std::vector<std::string> Tunnel::requests() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

void Tunnel::Accept() {
  while (!stopping_) {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) continue;
    sockets_.push_back(client);
    threads_.emplace_back([this, client] { Carry(client); });
  }
}

// Reads the request for a connection and answers it.
bool Tunnel::Open(int client) {
  std::string head;
  char byte;
  while (head.find("\r\n\r\n") == std::string::npos) {
    if (recv(client, &byte, 1, 0) != 1) return false;
    head += byte;
  }
  const bool known = credentials_.empty() || head.find("Proxy-Authorization: " + credentials_ + "\r\n") != head.npos;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    requests_.push_back(head);
  }
  const bool opened = known && head.rfind("CONNECT ", 0) == 0;
  const std::string answer = opened ? "HTTP/1.1 200 Connection established\r\n\r\n"
                                    : "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
  return Send(client, answer.data(), answer.size()) && opened;
}

void Tunnel::Carry(int client) {
  if (Open(client)) {
    const int server = socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = Loopback(to_);
    if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) Relay(client, server);
    close(server);
  }
  shutdown(client, SHUT_RDWR);
}

}  // namespace gsoaprm::testing
