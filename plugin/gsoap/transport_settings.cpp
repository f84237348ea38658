#include "gsoap/transport_settings.h"

#include <tuple>

namespace gsoaprm::binding {

void TransportSettings::Text::Take(const char* value) {
  set = value != nullptr;
  if (set) text = value;
}

std::shared_ptr<const TransportSettings> TransportSettings::Take(struct soap* soap) {
  soap->http_content = nullptr;
  if (!soap->bearer && !soap->userid && !soap->http_extra_header) return nullptr;
  auto settings = std::make_shared<TransportSettings>();
  settings->bearer_.Take(soap->bearer);
  settings->userid_.Take(soap->userid);
  settings->password_.Take(soap->passwd);
  settings->realm_.Take(soap->authrealm);
  if (soap->http_extra_header) settings->extra_header_ = soap->http_extra_header;
  soap->http_extra_header = nullptr;
  return settings;
}

void TransportSettings::Apply(struct soap* transport) const {
  transport->bearer = bearer_.get();
  transport->userid = userid_.get();
  transport->passwd = password_.get();
  transport->authrealm = realm_.get();
}

ConnectionSettings::ConnectionSettings(const struct soap* soap)
    : tls_context(soap->ctx),
      tls_flags(soap->ssl_flags),
      proxy_host(soap->proxy_host),
      proxy_port(soap->proxy_port),
      proxy_userid(soap->proxy_userid),
      proxy_password(soap->proxy_passwd),
      receive_timeout(soap->recv_timeout),
      send_timeout(soap->send_timeout),
      connect_timeout(soap->connect_timeout),
      transfer_timeout(soap->transfer_timeout),
      tcp_keep_alive(soap->tcp_keep_alive),
      override_host(soap->override_host) {}

bool ConnectionSettings::operator==(const ConnectionSettings& other) const {
  const auto all = [](const ConnectionSettings& s) {
    return std::tie(s.tls_context, s.tls_flags, s.proxy_host, s.proxy_port, s.proxy_userid, s.proxy_password,
                    s.receive_timeout, s.send_timeout, s.connect_timeout, s.transfer_timeout, s.tcp_keep_alive,
                    s.override_host);
  };
  return all(*this) == all(other);
}

}  // namespace gsoaprm::binding
