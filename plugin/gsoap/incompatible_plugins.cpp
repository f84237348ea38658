#include "gsoap/incompatible_plugins.h"

#include <cstring>

#include "include/soap_rm.h"

namespace gsoaprm::binding {
namespace {

struct Incompatible {
  const char* id_prefix;
  PluginUse use;
  const char* sentence;
};

constexpr Incompatible kIncompatible[] = {
    {"SOAP-CURL/", PluginUse::kAny,
     "gSOAP's curlapi plugin replaces the HTTP transport on which reliable sessions carry their exchanges: use gSOAP's "
     "own transport, or a context without gsoaprm"},
    {"WS-RM/", PluginUse::kAny,
     "gSOAP's wsrmapi plugin writes and answers the same WS-ReliableMessaging headers: register one of the two"},
    {"MQ-", PluginUse::kAny,
     "gSOAP's mq plugin queues messages below wsrmapi, which cannot be used together with gsoaprm"},
    // Its challenge is kept by the context that met it, but exchanges run, and run again, on copies.
    {"SOAP-HTTP-DA/", PluginUse::kCalls,
     "gSOAP's httpda plugin cannot answer the challenges that the exchanges of a reliable session meet: use HTTP basic "
     "authentication over HTTPS, or a client certificate"},
};

bool Matches(const Incompatible& entry, const char* id, PluginUse use) {
  return (entry.use == PluginUse::kAny || entry.use == use) &&
         !std::strncmp(id, entry.id_prefix, std::strlen(entry.id_prefix));
}

}  // namespace

std::string IncompatiblePlugin(struct soap* soap, PluginUse use) {
  for (const struct soap_plugin* plugin = soap->plugins; plugin; plugin = plugin->next) {
    if (!plugin->id) continue;
    for (const Incompatible& entry : kIncompatible)
      if (Matches(entry, plugin->id, use)) return entry.sentence;
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
