#include "net/connection.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace gsoaprm::net {
namespace {

// Reports a closed connection by its result. TLS writes without MSG_NOSIGNAL; whoever uses it blocks the signal.
constexpr int kSendFlags = MSG_NOSIGNAL;

std::string TlsError() {
  char text[256] = "";
  const unsigned long code = ERR_get_error();
  if (code == 0) return "the connection was closed";
  ERR_error_string_n(code, text, sizeof text);
  return text;
}

bool ExpectHost(SSL* tls, const HttpOrigin& origin) {
  const char* const host = origin.host.c_str();
  if (!origin.has_name()) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host) == 1;
  SSL_set_hostflags(tls, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(tls, host) == 1 && SSL_set_tlsext_host_name(tls, host) == 1;
}

}  // namespace

Cancellation::Cancellation() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Cancellation::~Cancellation() { close(descriptor_); }

void Cancellation::Cancel() {
  const std::uint64_t one = 1;
  // It fails only where it is readable already.
  [[maybe_unused]] const ssize_t written = write(descriptor_, &one, sizeof one);
}

TlsContext MakeTlsContext(const std::string& authorities) {
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) return nullptr;
  const int loaded = authorities.empty() ? SSL_CTX_set_default_verify_paths(context.get())
                                         : SSL_CTX_load_verify_locations(context.get(), authorities.c_str(), nullptr);
  if (loaded != 1) return nullptr;
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

Connection::~Connection() {
  tls_.reset();
  if (socket_ >= 0) close(socket_);
}

bool Connection::Fail(std::string problem) {
  problem_ = std::move(problem);
  return false;
}

bool Connection::FailWithErrno(const char* what) {
  return Fail(std::string(what) + ": " + std::generic_category().message(errno));
}

bool Connection::Wait(short events, Deadline until) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Fail("it took too long");
    pollfd descriptors[] = {{socket_, events, 0}, {cancellation_.descriptor(), POLLIN, 0}};
    const int ready = poll(descriptors, 2, static_cast<int>(std::min<std::int64_t>(left.count(), INT32_MAX)));
    if (ready < 0 && errno != EINTR) return FailWithErrno("waiting failed");
    if (ready <= 0) continue;
    if (descriptors[1].revents != 0) return Fail("the server ends");
    return true;
  }
}

bool Connection::Open(const SocketAddress& address, Deadline until) {
  if (socket_ >= 0) close(socket_);
  socket_ = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return FailWithErrno("there is no socket");
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0) return true;
  if (errno != EINPROGRESS) return FailWithErrno("connecting failed");
  if (!Wait(POLLOUT, until)) return false;
  socklen_t size = sizeof errno;
  if (getsockopt(socket_, SOL_SOCKET, SO_ERROR, &errno, &size) == 0 && errno == 0) return true;
  return FailWithErrno("connecting failed");
}

bool Connection::WaitForTls(int result) {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Wait(POLLIN);
    case SSL_ERROR_WANT_WRITE:
      return Wait(POLLOUT);
    default:
      break;
  }
  const long verified = SSL_get_verify_result(tls_.get());
  if (verified != X509_V_OK) return Fail(std::string("TLS failed: ") + X509_verify_cert_error_string(verified));
  return Fail("TLS failed: " + TlsError());
}

bool Connection::StartTls(SSL_CTX* context, const HttpOrigin& origin) {
  ERR_clear_error();
  tls_.reset(SSL_new(context));
  if (!tls_ || !ExpectHost(tls_.get(), origin) || SSL_set_fd(tls_.get(), socket_) != 1)
    return Fail("TLS failed: " + TlsError());
  while (true) {
    const int result = SSL_connect(tls_.get());
    if (result == 1) return true;
    if (!WaitForTls(result)) return false;
  }
}

bool Connection::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (tls_) {
      ERR_clear_error();
      std::size_t written = 0;
      const int result = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &written);
      bytes.remove_prefix(written);
      if (result != 1 && !WaitForTls(result)) return false;
      continue;
    }
    const ssize_t written = send(socket_, bytes.data(), bytes.size(), kSendFlags);
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EAGAIN && errno != EINTR) {
      return FailWithErrno("sending failed");
    } else if (!Wait(POLLOUT)) {
      return false;
    }
  }
  return true;
}

std::size_t Connection::Read(char* buffer, std::size_t capacity) {
  while (true) {
    if (tls_) {
      ERR_clear_error();
      std::size_t read = 0;
      const int result = SSL_read_ex(tls_.get(), buffer, capacity, &read);
      if (result == 1) return read;
      if (!WaitForTls(result)) return 0;
      continue;
    }
    if (!Wait(POLLIN)) return 0;
    const ssize_t read = recv(socket_, buffer, capacity, 0);
    if (read > 0) return static_cast<std::size_t>(read);
    if (read == 0) {
      Fail("the connection was closed");
      return 0;
    }
    if (errno != EAGAIN && errno != EINTR) {
      FailWithErrno("receiving failed");
      return 0;
    }
  }
}

}  // namespace gsoaprm::net
