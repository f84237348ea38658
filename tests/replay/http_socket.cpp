#include "replay/http_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace gsoaprm::replay {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int Remaining(Deadline deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::max<long long>(left, 0));
}

bool PollReadable(int descriptor, int milliseconds) {
  pollfd waiting{descriptor, POLLIN, 0};
  return poll(&waiting, 1, milliseconds) > 0;
}

void ParseHead(const std::string& head, HttpMessage* message) {
  std::size_t begin = 0;
  bool first = true;
  while (begin < head.size()) {
    const std::size_t end = std::min(head.find("\r\n", begin), head.size());
    const std::string line = head.substr(begin, end - begin);
    const std::size_t colon = line.find(':');
    if (first) {
      message->start_line = line;
    } else if (colon != std::string::npos) {
      const std::size_t value = line.find_first_not_of(' ', colon + 1);
      message->headers.emplace_back(line.substr(0, colon), value == std::string::npos ? "" : line.substr(value));
    }
    first = false;
    begin = end + 2;
  }
}

}  // namespace

HttpSocket::HttpSocket(HttpSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), buffer_(std::move(other.buffer_)) {}

HttpSocket& HttpSocket::operator=(HttpSocket&& other) noexcept {
  Close();
  descriptor_ = std::exchange(other.descriptor_, -1);
  buffer_ = std::move(other.buffer_);
  return *this;
}

HttpSocket::~HttpSocket() { Close(); }

bool HttpSocket::Connect(int port) {
  Close();
  descriptor_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const sockaddr_in address = Loopback(port);
  if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return true;
  Close();
  return false;
}

void HttpSocket::Close() {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = -1;
  buffer_.clear();
}

void HttpSocket::Shutdown() {
  if (descriptor_ >= 0) shutdown(descriptor_, SHUT_RDWR);
}

bool HttpSocket::Send(const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t n = send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

bool HttpSocket::Readable() const { return !buffer_.empty() || (open() && PollReadable(descriptor_, 0)); }

bool HttpSocket::WaitReadable(Deadline deadline) const {
  return !buffer_.empty() || (open() && PollReadable(descriptor_, Remaining(deadline)));
}

bool HttpSocket::Receive(Deadline deadline) {
  char bytes[8192];
  if (!open() || !PollReadable(descriptor_, Remaining(deadline))) return false;
  const ssize_t n = recv(descriptor_, bytes, sizeof bytes, 0);
  if (n <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(n));
  return true;
}

bool HttpSocket::ReadUntil(const std::string& end, Deadline deadline, std::string* text) {
  std::size_t found;
  while ((found = buffer_.find(end)) == std::string::npos)
    if (!Receive(deadline)) return false;
  *text = buffer_.substr(0, found);
  buffer_.erase(0, found + end.size());
  return true;
}

bool HttpSocket::ReadExactly(std::size_t count, Deadline deadline, std::string* text) {
  while (buffer_.size() < count)
    if (!Receive(deadline)) return false;
  text->append(buffer_, 0, count);
  buffer_.erase(0, count);
  return true;
}

bool HttpSocket::ReadChunks(Deadline deadline, std::string* text) {
  for (;;) {
    std::string size;
    if (!ReadUntil("\r\n", deadline, &size)) return false;
    const std::size_t count = std::strtoul(size.c_str(), nullptr, 16);
    std::string end;
    if (!ReadExactly(count, deadline, text) || !ReadUntil("\r\n", deadline, &end)) return false;
    if (count == 0) return true;
  }
}

std::optional<HttpMessage> HttpSocket::Read(Deadline deadline) {
  HttpMessage message;
  std::string head;
  if (!ReadUntil("\r\n\r\n", deadline, &head)) return std::nullopt;
  ParseHead(head, &message);
  const bool read =
      message.Header("Transfer-Encoding") == "chunked"
          ? ReadChunks(deadline, &message.body)
          : ReadExactly(std::strtoul(message.Header("Content-Length").c_str(), nullptr, 10), deadline, &message.body);
  if (!read) return std::nullopt;
  return message;
}

Listening::Listening() {
  descriptor_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  if (bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(descriptor_, 100) == 0 &&
      getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) == 0)
    port_ = ntohs(address.sin_port);
}

HttpSocket Listening::Accept() {
  const int accepted = accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
  if (accepted >= 0) {
    const int on = 1;
    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  return HttpSocket(accepted);
}

void Listening::Stop() { shutdown(descriptor_, SHUT_RDWR); }

void Listening::Close() {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = -1;
}

}  // namespace gsoaprm::replay
