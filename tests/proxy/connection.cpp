#include "proxy/connection.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace gsoaprm::proxy {
namespace {

void SendAtOnce(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

template <typename Address>
Descriptor Bind(Descriptor listener, Address address, in_port_t Address::*port_member, uint16_t* port) {
  const int on = 1;
  setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  address.*port_member = htons(*port);
  auto* const generic = reinterpret_cast<struct sockaddr*>(&address);
  socklen_t size = sizeof(address);
  if (bind(listener.get(), generic, size) != 0 || listen(listener.get(), 512) != 0 ||
      getsockname(listener.get(), generic, &size) != 0) {
    return Descriptor();
  }
  *port = ntohs(address.*port_member);
  return listener;
}

// IPv4 as well, where the machine has both.
Descriptor ListenOnIpv6(uint16_t* port) {
  Descriptor listener(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int off = 0;
  setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  struct sockaddr_in6 address = {};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_any;
  return Bind(std::move(listener), address, &sockaddr_in6::sin6_port, port);
}

Descriptor ListenOnIpv4(uint16_t* port) {
  struct sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  return Bind(Descriptor(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), address, &sockaddr_in::sin_port, port);
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    Close();
    std::swap(number_, other.number_);
  }
  return *this;
}

void Descriptor::Close() {
  if (number_ >= 0) close(number_);
  number_ = -1;
}

StopSignal::StopSignal() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void StopSignal::Raise() {
  const uint64_t one = 1;
  const ssize_t written = write(event_.get(), &one, sizeof(one));
  (void)written;
}

bool StopSignal::WaitFor(int milliseconds) const {
  struct pollfd event = {event_.get(), POLLIN, 0};
  return poll(&event, 1, milliseconds) == 0;
}

Connection::Connection(Descriptor socket, const StopSignal* stop) : socket_(std::move(socket)), stop_(stop) {
  SendAtOnce(socket_.get());
}

Connection Connection::To(const std::string& host, uint16_t port, const StopSignal* stop) {
  struct addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  struct addrinfo* addresses = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &addresses) != 0) return {};
  Connection connection;
  for (const struct addrinfo* address = addresses; address != nullptr && !connection.valid();
       address = address->ai_next) {
    Descriptor socket(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(socket.get(), address->ai_addr, address->ai_addrlen) == 0) {
      connection = Connection(std::move(socket), stop);
    }
  }
  freeaddrinfo(addresses);
  return connection;
}

bool Connection::Wait(short events) const {
  if (!valid()) return false;
  struct pollfd waiting[2] = {{socket_.get(), events, 0}, {stop_->descriptor(), POLLIN, 0}};
  while (poll(waiting, 2, -1) < 0) {
    if (errno != EINTR) return false;
  }
  return waiting[1].revents == 0;
}

Connection::ReadResult Connection::ReadSome() {
  if (!Wait(POLLIN)) return ReadResult::kFailed;
  char bytes[65536];
  const ssize_t count = recv(socket_.get(), bytes, sizeof(bytes), MSG_DONTWAIT);
  if (count == 0) return ReadResult::kEnd;
  if (count < 0) return errno == EAGAIN || errno == EINTR ? ReadResult::kBytes : ReadResult::kFailed;
  buffer_.append(bytes, static_cast<size_t>(count));
  return ReadResult::kBytes;
}

bool Connection::ReadRequest(HttpMessage* message) {
  while (true) {
    const Progress progress = TakeRequest(&buffer_, message);
    if (progress != Progress::kIncomplete) return progress == Progress::kComplete;
    // A client that asks first is told to go on: the proxy wants the whole request.
    if (message->head_size > 0 && message->head_size == buffer_.size() && !message->Header("expect").empty() &&
        !Write("HTTP/1.1 100 Continue\r\n\r\n")) {
      return false;
    }
    if (ReadSome() != ReadResult::kBytes) return false;
  }
}

bool Connection::ReadResponse(HttpMessage* message) {
  bool at_end = false;
  while (true) {
    const Progress progress = TakeResponse(&buffer_, at_end, message);
    if (progress != Progress::kIncomplete) return progress == Progress::kComplete;
    if (at_end) return false;
    const ReadResult result = ReadSome();
    if (result == ReadResult::kFailed) return false;
    at_end = result == ReadResult::kEnd;
  }
}

bool Connection::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!Wait(POLLOUT)) return false;
    const ssize_t count = send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EAGAIN || errno == EINTR) continue;
      return false;
    }
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

bool Connection::PeerHasClosed() const {
  char byte = 0;
  const ssize_t count = recv(socket_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count == 0 || (count < 0 && errno != EAGAIN);
}

void Connection::Reset() {
  const struct linger at_once = {1, 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  socket_.Close();
}

Descriptor Listen(uint16_t* port) {
  Descriptor listener = ListenOnIpv6(port);
  return listener.valid() ? std::move(listener) : ListenOnIpv4(port);
}

Descriptor Accept(const Descriptor& listener, const StopSignal& stop) {
  while (true) {
    struct pollfd waiting[2] = {{listener.get(), POLLIN, 0}, {stop.descriptor(), POLLIN, 0}};
    if (poll(waiting, 2, -1) < 0 && errno != EINTR) return Descriptor();
    if (waiting[1].revents != 0) return Descriptor();
    Descriptor connection(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection.valid()) return connection;
    if (!stop.WaitFor(10)) return Descriptor();  // out of descriptors, or the client has gone: not at full speed
  }
}

}  // namespace gsoaprm::proxy
