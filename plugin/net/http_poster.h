// Posts a message to an address, once: the name is resolved once, every address that it has is checked, and what was
// checked is what is connected to. Redirects are not followed, proxies not used, cookies not kept.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/http_address.h"
#include "net/connection.h"
#include "net/resolver.h"

namespace gsoaprm::net {

struct HttpPost {
  HttpAddress address;
  std::string content_type;
  std::optional<std::string> soap_action;  // SOAP 1.1
  std::string entity;
};

struct PostResult {
  bool taken = false;   // the answer was 2xx
  int http_status = 0;  // 0: there was no answer
  std::string problem;  // why it was not taken
};

class HttpPoster {
 public:
  // `limit`: for all of it but the resolving of the name. `authorities` as for MakeTlsContext.
  HttpPoster(Resolver* resolver, std::chrono::milliseconds limit, std::string authorities = std::string());

  // From any thread, several at once. SIGPIPE must be blocked or ignored in it.
  PostResult Send(const HttpPost& post);
  // Posts that are on their way fail, and so do later ones.
  void Cancel() { cancellation_.Cancel(); }

 private:
  // Empty: there is none, or one that must not be connected to.
  std::vector<SocketAddress> Checked(const HttpOrigin& origin, std::string* problem);
  bool HasAuthorities();
  bool Prepare(const HttpOrigin& origin, const std::vector<SocketAddress>& addresses, Connection* connection) const;

  Resolver* const resolver_;
  const std::chrono::milliseconds limit_;
  const std::string authorities_;
  // Made by the first post that needs it: reading the system's authorities takes a while.
  std::once_flag tls_made_;
  TlsContext tls_;
  Cancellation cancellation_;
};

}  // namespace gsoaprm::net
