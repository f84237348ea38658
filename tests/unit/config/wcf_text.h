// Configuration files for tests, whose lines are known, and reading them.
#pragma once

#include <string>

#include "config/wcf_config.h"
#include "include/soap_rm.h"

namespace gsoaprm::config {

struct Loaded {
  bool ok = false;
  soap_rm_options options;
  std::string error;
};

inline Loaded Load(const std::string& text, const std::string& binding = "B") {
  Loaded loaded;
  soap_rm_options_default(&loaded.options);
  loaded.ok = ReadWcfConfig(text, "App.config", binding, &loaded.options, &loaded.error);
  return loaded;
}

// The sentence of a refusal; "accepted" when there is none.
inline std::string Refusal(const std::string& text, const std::string& binding = "B") {
  const Loaded loaded = Load(text, binding);
  return loaded.ok ? "accepted" : loaded.error;
}

// `bindings` begins on line 4, `sections` behind it.
inline std::string Config(const std::string& bindings, const std::string& sections = "") {
  return "<configuration>\n<system.serviceModel>\n<bindings>\n" + bindings + "\n</bindings>\n" + sections +
         "\n</system.serviceModel>\n</configuration>\n";
}

// A customBinding B, whose layers begin on line 6.
inline std::string Layers(const std::string& layers, const std::string& attributes = "") {
  return Config("<customBinding>\n<binding name=\"B\" " + attributes + ">\n" + layers +
                "\n</binding>\n</customBinding>");
}

// The attributes of its parts: reliableSession is on line 6, textMessageEncoding on 7, httpTransport on 8.
struct Custom {
  std::string binding, session, encoding, transport;
  std::string text() const {
    return Layers("<reliableSession " + session + "/>\n<textMessageEncoding " + encoding + "/>\n<httpTransport " +
                      transport + "/>",
                  binding);
  }
};
inline std::string Session(const std::string& attributes) { return Custom{"", attributes, "", ""}.text(); }
inline std::string Encoding(const std::string& attributes) { return Custom{"", "", attributes, ""}.text(); }
inline std::string Transport(const std::string& attributes) { return Custom{"", "", "", attributes}.text(); }

// A binding B of a standard kind, on line 5; its elements begin on line 6.
inline std::string Standard(const std::string& elements, const std::string& attributes = "",
                            const std::string& kind = "ws2007HttpBinding") {
  return Config("<" + kind + ">\n<binding name=\"B\" " + attributes + ">\n" + elements + "\n</binding>\n</" + kind +
                ">");
}
inline constexpr char kReliable[] = "<reliableSession enabled=\"true\"/>";
inline constexpr char kNoSecurity[] = "<security mode=\"None\"/>";
inline std::string ReliableWithoutSecurity() { return std::string(kReliable) + "\n" + kNoSecurity; }

}  // namespace gsoaprm::config
