#include "config/wcf_endpoints.h"

#include "config/option_table.h"
#include "config/text.h"
#include "config/wcf_element_reader.h"

namespace gsoaprm::config {
namespace {

class EndpointReader {
 public:
  EndpointReader(const WcfDocument& document, const WcfBinding& binding, soap_rm_options* options, std::string* error)
      : document_(document),
        binding_(binding),
        name_(binding.element->Value("name")),
        options_(options),
        error_(error) {}

  bool Read() {
    const WcfElement* client = nullptr;
    if (!document_.FindSection("client", &client, error_)) return false;
    if (!client) return true;
    for (const WcfElement& endpoint : client->children) {
      if (endpoint.name != "endpoint" || endpoint.Value("bindingConfiguration") != name_) continue;
      if (!ReadEndpoint(endpoint)) return false;
    }
    return via_.empty() || SetVia();
  }

 private:
  bool Refuse(int line, const std::string& sentence) { return document_.Refuse(line, sentence, error_); }

  bool ReadEndpoint(const WcfElement& endpoint) {
    if (endpoint.Value("binding") != binding_.kind_name) {
      return Refuse(endpoint.line, "The endpoint takes the binding " + Quoted(name_) + " for a " +
                                       std::string(endpoint.Value("binding")) + ", but it is a " +
                                       std::string(binding_.kind_name) + ".");
    }
    const WcfAttribute* const address = endpoint.Find("address");
    if (address && !CheckScheme(*address)) return false;
    const WcfElement* client_via = nullptr;
    if (!FindClientVia(endpoint, &client_via)) return false;
    const WcfAttribute* const uri = client_via ? client_via->Find("viaUri") : nullptr;
    if (client_via && !uri) return Refuse(client_via->line, "<clientVia> has no viaUri.");
    if (uri && !CheckScheme(*uri)) return false;
    return Agree(endpoint, uri);
  }

  // WCF, too, refuses an address whose scheme is not the transport's.
  bool CheckScheme(const WcfAttribute& address) {
    const std::string_view scheme = binding_.https ? "https://" : "http://";
    if (EqualIgnoringCase(std::string_view(address.value).substr(0, scheme.size()), scheme)) return true;
    return Refuse(address.line, address.name + " must begin with " + std::string(scheme) + ", as the binding " +
                                    Quoted(name_) + " says, not be " + Quoted(address.value) + ".");
  }

  // In the endpoint's behavior, or in the one without a name, which all endpoints have that name none.
  bool FindClientVia(const WcfElement& endpoint, const WcfElement** client_via) {
    const WcfAttribute* const wanted = endpoint.Find("behaviorConfiguration");
    const std::string_view name = wanted ? std::string_view(wanted->value) : std::string_view();
    const WcfElement* behaviors = nullptr;
    if (!document_.FindSection("behaviors", &behaviors, error_)) return false;
    const WcfElement* const behavior = behaviors ? FindBehavior(*behaviors, name) : nullptr;
    if (!behavior) {
      return !wanted || name.empty() ||
             Refuse(wanted->line, "There is no behavior " + Quoted(name) + " in <endpointBehaviors>.");
    }
    for (const WcfElement& child : behavior->children) {
      if (child.name != "clientVia") continue;
      if (*client_via) return Refuse(child.line, "<clientVia> stands here again.");
      *client_via = &child;
    }
    return true;
  }

  static const WcfElement* FindBehavior(const WcfElement& behaviors, std::string_view name) {
    for (const WcfElement& kind : behaviors.children) {
      if (kind.name != "endpointBehaviors") continue;
      for (const WcfElement& behavior : kind.children) {
        if (behavior.name == "behavior" && behavior.Value("name") == name) return &behavior;
      }
    }
    return nullptr;
  }

  bool Agree(const WcfElement& endpoint, const WcfAttribute* uri) {
    const std::string via = uri ? uri->value : std::string();
    if (first_ && via != via_) {
      return Refuse(endpoint.line, "The endpoint and the one on line " + std::to_string(first_->line) +
                                       " use the binding " + Quoted(name_) +
                                       " but not the same viaUri: give each a binding of its own.");
    }
    if (!first_) first_ = &endpoint;
    via_ = via;
    if (uri) via_line_ = uri->line;
    return true;
  }

  bool SetVia() {
    std::string sentence;
    return SetOption(*FindOption("via"), "viaUri", via_, TextSyntax::kWcf, options_, &sentence) ||
           Refuse(via_line_, sentence);
  }

  const WcfDocument& document_;
  const WcfBinding& binding_;
  std::string_view name_;
  soap_rm_options* options_;
  std::string* error_;
  const WcfElement* first_ = nullptr;
  std::string via_;
  int via_line_ = 0;
};

}  // namespace

bool ReadClientEndpoints(const WcfDocument& document, const WcfBinding& binding, soap_rm_options* options,
                         std::string* error) {
  return EndpointReader(document, binding, options, error).Read();
}

}  // namespace gsoaprm::config
