// A binding of a WCF configuration file: finding it by name, and making options of it.
#pragma once

#include <string>
#include <string_view>

#include "config/wcf_document.h"
#include "include/soap_rm.h"

namespace gsoaprm::config {

enum class BindingKind { kCustom, kWsHttp, kWs2007Http };

struct WcfBinding {
  BindingKind kind = BindingKind::kCustom;
  std::string_view kind_name;  // "customBinding"
  const WcfElement* element = nullptr;
  bool https = false;  // set by ReadBinding
};

// The one binding of that name, whatever its kind; another kind than the three is refused by name.
bool FindBinding(const WcfDocument& document, std::string_view name, WcfBinding* binding, std::string* error);

// Sets what the binding says. It describes the session whole: versions, time-outs and the settings of reliableSession
// that it leaves out get WCF's default, whatever they were before. Three things are not as they look:
//   receiveTimeout: WCF ends a session after this time, too, so the smaller of it and inactivityTimeout becomes
//     inactivity_timeout; when it is left out, inactivityTimeout alone counts.
//   maxReceivedMessageSize: when it is left out, max_message_size stays what it was instead of WCF's 65536.
//   wsHttpBinding and ws2007HttpBinding without <security mode="None"> mean message security, and are refused.
bool ReadBinding(const WcfDocument& document, WcfBinding* binding, soap_rm_options* options, std::string* error);

}  // namespace gsoaprm::config
