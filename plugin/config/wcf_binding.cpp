#include "config/wcf_binding.h"

#include <algorithm>
#include <iterator>

#include "config/duration_text.h"
#include "config/option_table.h"
#include "config/text.h"
#include "config/wcf_element_reader.h"
#include "config/wcf_rules.h"

namespace gsoaprm::config {
namespace {

struct KindName {
  std::string_view name;
  BindingKind kind;
};
constexpr KindName kKindNames[] = {
    {"customBinding", BindingKind::kCustom},
    {"wsHttpBinding", BindingKind::kWsHttp},
    {"ws2007HttpBinding", BindingKind::kWs2007Http},
};

// What a binding decides about options, said or not.
constexpr std::string_view kDescribedOptions[] = {
    "reliable_messaging_version",
    "acknowledgement_interval",
    "flow_control_enabled",
    "inactivity_timeout",
    "max_pending_channels",
    "max_retry_count",
    "max_transfer_window_size",
    "ordered",
    "open_timeout",
    "send_timeout",
    "close_timeout",
};

struct MessageVersion {
  std::string_view name;
  soap_rm_soap_version soap;
  soap_rm_addressing_version addressing;
};
constexpr MessageVersion kMessageVersions[] = {
    {"Default", SOAP_RM_SOAP_12, SOAP_RM_ADDRESSING_10},
    {"Soap12WSAddressing10", SOAP_RM_SOAP_12, SOAP_RM_ADDRESSING_10},
    {"Soap11WSAddressing10", SOAP_RM_SOAP_11, SOAP_RM_ADDRESSING_10},
    {"Soap12WSAddressingAugust2004", SOAP_RM_SOAP_12, SOAP_RM_ADDRESSING_AUGUST_2004},
    {"Soap11WSAddressingAugust2004", SOAP_RM_SOAP_11, SOAP_RM_ADDRESSING_AUGUST_2004},
};

const WcfElement* FindChild(const WcfElement& parent, std::string_view name) {
  for (const WcfElement& child : parent.children) {
    if (child.name == name) return &child;
  }
  return nullptr;
}

// "; there are 'A', 'B'": most wrong names are misspelt.
std::string OtherNames(const WcfElement& bindings) {
  constexpr int kShown = 8;
  std::string names;
  int count = 0;
  for (const WcfElement& kind : bindings.children) {
    for (const WcfElement& binding : kind.children) {
      const std::string_view name = binding.Value("name");
      if (!name.empty() && count++ < kShown) names += (names.empty() ? "; there are " : ", ") + Quoted(name);
    }
  }
  return names + (count > kShown ? " and others." : ".");
}

// <clear/> and <remove/> would undo what stands above them, there or in another file.
bool HasOnlyBindings(const WcfDocument& document, const WcfElement& kind, std::string* error) {
  for (const WcfElement& child : kind.children) {
    if (child.name == "binding") continue;
    return document.Refuse(child.line,
                           "<" + kind.name + "> may only have <binding> elements, not <" + child.name + ">.", error);
  }
  return true;
}

// Turns one binding into options.
class BindingReader {
 public:
  BindingReader(const WcfDocument& document, WcfBinding* binding, soap_rm_options* options, std::string* error)
      : binding_(binding),
        element_(*binding->element),
        options_(options),
        error_(error),
        reader_(document, options, error) {}

  bool Read() {
    if (!SetDefaults()) return false;
    const bool read = binding_->kind == BindingKind::kCustom ? ReadCustom() : ReadWsHttp();
    return read && ReadReceiveTimeout();
  }

 private:
  std::string Name() const { return Quoted(element_.Value("name")); }

  bool SetDefaults() {
    for (const std::string_view name : kDescribedOptions) {
      const OptionRow& row = *FindOption(name);
      if (!SetOption(row, name, row.default_text, TextSyntax::kOurs, options_, error_)) return false;
    }
    // ws2007HttpBinding is bound to 1.1, wsHttpBinding to 2005; a customBinding may say, and is 2005 otherwise.
    if (binding_->kind == BindingKind::kWs2007Http) options_->reliable_messaging_version = SOAP_RM_11;
    // WCF's MessageVersion.Default, which all three kinds have.
    options_->soap_version = SOAP_RM_SOAP_12;
    options_->addressing_version = SOAP_RM_ADDRESSING_10;
    return true;
  }

  // -- customBinding --

  bool ReadCustom() {
    if (!reader_.ReadAttributes(element_, CustomBindingRule())) return false;
    const WcfElement* above[4] = {};  // by StackPlace
    for (const WcfElement& layer : element_.children) {
      const ElementRule* const rule = reader_.RuleOfChild(element_, layer, CustomBindingRule());
      if (!rule || !CheckPlace(layer, rule->place, above)) return false;
      above[static_cast<int>(rule->place)] = &layer;
      if (!reader_.Read(layer, *rule) || !ReadApart(layer, rule->place)) return false;
    }
    if (!above[static_cast<int>(StackPlace::kReliableSession)]) return RefuseUnreliable();
    if (above[static_cast<int>(StackPlace::kTransport)]) return true;
    return reader_.Refuse(element_.line, "The binding " + Name() +
                                             " has no transport: it needs <httpTransport> or <httpsTransport> at "
                                             "its end.");
  }

  // WCF builds its channels from the top: reliableSession, encoding, transport, each once.
  bool CheckPlace(const WcfElement& layer, StackPlace place, const WcfElement* const (&above)[4]) {
    for (int i = static_cast<int>(place); i < 4; ++i) {
      if (!above[i]) continue;
      if (i == static_cast<int>(place)) {
        return reader_.Refuse(layer.line, "<" + layer.name + "> stands beside <" + above[i]->name + "> on line " +
                                              std::to_string(above[i]->line) + ", and there can be only one.");
      }
      return reader_.Refuse(layer.line, "<" + layer.name + "> must stand above <" + above[i]->name + "> on line " +
                                            std::to_string(above[i]->line) +
                                            ": the order is reliableSession, encoding, transport.");
    }
    return true;
  }

  bool ReadApart(const WcfElement& layer, StackPlace place) {
    if (place == StackPlace::kEncoding) return ReadMessageVersion(layer);
    if (place != StackPlace::kTransport) return true;
    binding_->https = layer.name == "httpsTransport";
    return CheckBufferSize(layer);
  }

  bool ReadMessageVersion(const WcfElement& encoding) {
    const WcfAttribute* const attribute = encoding.Find("messageVersion");
    if (!attribute) return true;
    const auto* const end = std::end(kMessageVersions);
    const auto* const found = std::find_if(std::begin(kMessageVersions), end, [attribute](const MessageVersion& one) {
      return one.name == attribute->value;
    });
    if (found == end) {
      return reader_.Refuse(attribute->line,
                            "messageVersion must be Soap12WSAddressing10, Soap11WSAddressing10, "
                            "Soap12WSAddressingAugust2004 or Soap11WSAddressingAugust2004, not " +
                                Quoted(attribute->value) + ": a reliable session needs WS-Addressing.");
    }
    options_->soap_version = found->soap;
    options_->addressing_version = found->addressing;
    return true;
  }

  // WCF refuses a buffer of another size than the message while transferMode is Buffered, which it must be.
  bool CheckBufferSize(const WcfElement& transport) {
    const WcfAttribute* const buffer = transport.Find("maxBufferSize");
    const std::string_view message = transport.Value("maxReceivedMessageSize", "65536");
    if (!buffer || buffer->value == message) return true;
    return reader_.Refuse(buffer->line, "maxBufferSize must be " + std::string(message) +
                                            ", which is maxReceivedMessageSize, not " + Quoted(buffer->value) +
                                            ": WCF wants both the same.");
  }

  // -- wsHttpBinding, ws2007HttpBinding --

  bool ReadWsHttp() {
    if (!reader_.Read(element_, WsHttpBindingRule())) return false;
    const WcfElement* const session = FindChild(element_, "reliableSession");
    if (!session) return RefuseUnreliable();
    const std::string_view enabled = session->Value("enabled", "false");
    if (!EqualIgnoringCase(enabled, "true")) {
      const WcfAttribute* const attribute = session->Find("enabled");
      return reader_.Refuse(attribute ? attribute->line : session->line,
                            "<reliableSession> is not enabled: write enabled=\"true\", or leave the plugin out.");
    }
    return CheckSecurity();
  }

  // The default of both kinds is message security, so that it must be said that there is none.
  bool CheckSecurity() {
    const WcfElement* const security = FindChild(element_, "security");
    const WcfAttribute* const mode = security ? security->Find("mode") : nullptr;
    if (!mode) {
      return reader_.Refuse(
          security ? security->line : element_.line,
          "The binding " + Name() + " means message security, which is not spoken: write <security mode=\"None\"/>.");
    }
    if (mode->value == "None") return true;
    if (mode->value == "Transport") {
      return reader_.Refuse(mode->line,
                            "mode 'Transport' cannot be honoured: WCF refuses it together with a reliable session; use "
                            "a customBinding with <reliableSession>, <textMessageEncoding> and <httpsTransport>.");
    }
    return reader_.Refuse(mode->line, "mode must be None, not " + Quoted(mode->value) +
                                          ": message security (WS-Security, WS-SecureConversation) is not spoken.");
  }

  // -- both --

  bool RefuseUnreliable() {
    return reader_.Refuse(
        element_.line, "The binding " + Name() + " has no <reliableSession>: it needs one, or the program no plugin.");
  }

  bool ReadReceiveTimeout() {
    const WcfAttribute* const attribute = element_.Find("receiveTimeout");
    if (!attribute || EqualIgnoringCase(attribute->value, "Infinite")) return true;
    std::int64_t milliseconds = 0;
    if (ParseTimeSpan(attribute->value, &milliseconds) != NumberText::kNumber || milliseconds < 1) {
      return reader_.Refuse(attribute->line,
                            "receiveTimeout must be a time from 1 ms, written [d.]hh:mm:ss[.fff], or Infinite, not " +
                                Quoted(attribute->value) + ".");
    }
    options_->inactivity_timeout = std::min(options_->inactivity_timeout, milliseconds);
    return true;
  }

  WcfBinding* binding_;
  const WcfElement& element_;
  soap_rm_options* options_;
  std::string* error_;
  WcfElementReader reader_;
};

}  // namespace

bool FindBinding(const WcfDocument& document, std::string_view name, WcfBinding* binding, std::string* error) {
  const WcfElement* bindings = nullptr;
  if (!document.FindSection("bindings", &bindings, error)) return false;
  if (!bindings) return document.Refuse("There is no <bindings> in <system.serviceModel>.", error);
  const WcfElement* kind = nullptr;
  for (const WcfElement& candidate_kind : bindings->children) {
    for (const WcfElement& candidate : candidate_kind.children) {
      if (candidate.name != "binding" || candidate.Value("name") != name) continue;
      if (kind) {
        return document.Refuse(candidate.line,
                               "The binding " + Quoted(name) + " stands here again; the first is on line " +
                                   std::to_string(binding->element->line) + ".",
                               error);
      }
      kind = &candidate_kind;
      binding->element = &candidate;
    }
  }
  if (kind && !HasOnlyBindings(document, *kind, error)) return false;
  if (!kind) return document.Refuse("There is no binding " + Quoted(name) + OtherNames(*bindings), error);
  for (const KindName& known : kKindNames) {
    if (known.name != kind->name) continue;
    binding->kind = known.kind;
    binding->kind_name = known.name;
    return true;
  }
  return document.Refuse(binding->element->line,
                         Quoted(name) + " is a " + kind->name +
                             ", which cannot be used: " + std::string(BindingKindRefusal(kind->name)) +
                             "; use customBinding, wsHttpBinding or ws2007HttpBinding.",
                         error);
}

bool ReadBinding(const WcfDocument& document, WcfBinding* binding, soap_rm_options* options, std::string* error) {
  return BindingReader(document, binding, options, error).Read();
}

}  // namespace gsoaprm::config
