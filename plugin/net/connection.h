// One connection to an address that was checked, with or without TLS, within a time and until it is cancelled.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/resolver.h"

namespace gsoaprm::net {

// Ends whatever waits on connections; for good.
class Cancellation {
 public:
  Cancellation();
  ~Cancellation();
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;
  void Cancel();
  // Readable once cancelled.
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

struct FreeTls {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* tls) const { SSL_free(tls); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeTls>;

// Believes the authorities of this file; empty: those that the system believes (SSL_CERT_FILE, SSL_CERT_DIR). Null when
// they cannot be read.
TlsContext MakeTlsContext(const std::string& authorities);

class Connection {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  Connection(const Cancellation& cancellation, Deadline deadline) : cancellation_(cancellation), deadline_(deadline) {}
  Deadline deadline() const { return deadline_; }
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Each returns false when it failed, was cancelled or the time is over; see problem().
  // Gives up at `until`, so that another address can be tried.
  bool Open(const SocketAddress& address, Deadline until);
  // The certificate must be of this host: a name, or an address as text.
  bool StartTls(SSL_CTX* context, const HttpOrigin& origin);
  bool Write(std::string_view bytes);
  // 0: it has ended.
  std::size_t Read(char* buffer, std::size_t capacity);

  const std::string& problem() const { return problem_; }

 private:
  bool Wait(short events, Deadline until);
  bool Wait(short events) { return Wait(events, deadline_); }
  // Whether to try again what TLS could not do at once.
  bool WaitForTls(int result);
  bool Fail(std::string problem);
  bool FailWithErrno(const char* what);

  const Cancellation& cancellation_;
  const Deadline deadline_;
  int socket_ = -1;
  std::unique_ptr<SSL, FreeTls> tls_;
  std::string problem_;
};

}  // namespace gsoaprm::net
