// What the application has set on its context for the next message: taken when the call is made, since gSOAP clears it
// with the message, and set again for each copy of the exchange.
#pragma once

#include <stdsoap2.h>

#include <memory>
#include <string>

#include "session/client_ports.h"

namespace gsoaprm::binding {

class TransportSettings : public session::CallSettings {
 public:
  // Null when there is nothing. Clears what gSOAP would have cleared by sending.
  static std::shared_ptr<const TransportSettings> Take(struct soap* soap);

  // Good as long as this object lives.
  void Apply(struct soap* transport) const;
  const std::string& extra_header() const { return extra_header_; }

 private:
  struct Text {
    std::string text;
    bool set = false;
    void Take(const char* value);
    const char* get() const { return set ? text.c_str() : nullptr; }
  };
  Text bearer_, userid_, password_, realm_;
  std::string extra_header_;
};

// The application's settings that a connection depends on. Copies of a context made with other ones are of no use.
struct ConnectionSettings {
  explicit ConnectionSettings(const struct soap* soap);
  bool operator==(const ConnectionSettings& other) const;

  const void* tls_context;
  unsigned short tls_flags;
  const char* proxy_host;
  int proxy_port;
  const char* proxy_userid;
  const char* proxy_password;
  int receive_timeout, send_timeout, connect_timeout, transfer_timeout;
  int tcp_keep_alive;
  const char* override_host;
};

}  // namespace gsoaprm::binding
