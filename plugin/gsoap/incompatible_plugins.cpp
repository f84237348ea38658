#include "gsoap/incompatible_plugins.h"

#include <cstring>

namespace gsoaprm::binding {
namespace {

struct Incompatible {
  const char* id_prefix;
  const char* sentence;
};

constexpr Incompatible kIncompatible[] = {
    {"SOAP-CURL/",
     "gSOAP's curlapi plugin replaces the HTTP transport on which reliable sessions carry their exchanges: use gSOAP's "
     "own transport, or a context without gsoaprm"},
    {"WS-RM/",
     "gSOAP's wsrmapi plugin writes and answers the same WS-ReliableMessaging headers: register one of the two"},
    {"MQ-", "gSOAP's mq plugin queues messages below wsrmapi, which cannot be used together with gsoaprm"},
};

}  // namespace

std::string IncompatiblePlugin(struct soap* soap) {
  for (const struct soap_plugin* plugin = soap->plugins; plugin; plugin = plugin->next) {
    if (!plugin->id) continue;
    for (const Incompatible& entry : kIncompatible)
      if (!std::strncmp(plugin->id, entry.id_prefix, std::strlen(entry.id_prefix))) return entry.sentence;
  }
  return std::string();
}

}  // namespace gsoaprm::binding
