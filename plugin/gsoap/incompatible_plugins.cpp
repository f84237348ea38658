#include "gsoap/incompatible_plugins.h"

#include <cstring>

#include "include/soap_rm.h"

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
    // The operation that would challenge has run by then, and its answer is kept and counted like any other.
    {"SOAP-HTTP-DA/",
     "gSOAP's httpda plugin challenges and repeats single HTTP messages, which a reliable session numbers, keeps and "
     "repeats itself: use HTTP basic authentication over HTTPS, or client certificates"},
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

void EndBeforeOthers(struct soap* soap) {
  for (struct soap_plugin** link = &soap->plugins; *link; link = &(*link)->next) {
    struct soap_plugin* const plugin = *link;
    if (!plugin->id || std::strcmp(plugin->id, SOAP_RM_ID) != 0) continue;
    *link = plugin->next;
    plugin->next = soap->plugins;
    soap->plugins = plugin;
    return;
  }
}

}  // namespace gsoaprm::binding
