#include "gsoap/fault_texts.h"

#include "gsoap/support/raw_http.h"

namespace gsoaprm::testing {

namespace {

void Replace(const std::string& from, const std::string& to, std::string* text) {
  for (std::size_t at = 0; (at = text->find(from, at)) != std::string::npos; at += to.size())
    text->replace(at, from.size(), to);
}

}  // namespace

std::string NameOf(const Dialect& dialect) {
  return std::string(Is11(dialect) ? "Rm11" : "Rm2005") + (IsSoap12(dialect) ? "Soap12" : "Soap11");
}

std::string Filled(std::string text, const Dialect& dialect, const Values& values) {
  for (const auto& [name, value] : values) Replace("{" + name + "}", value, &text);
  Replace("{soap}",
          IsSoap12(dialect) ? "http://www.w3.org/2003/05/soap-envelope" : "http://schemas.xmlsoap.org/soap/envelope/",
          &text);
  Replace("{rm}",
          Is11(dialect) ? "http://docs.oasis-open.org/ws-rx/wsrm/200702" : "http://schemas.xmlsoap.org/ws/2005/02/rm",
          &text);
  Replace("{wsa}", "http://www.w3.org/2005/08/addressing", &text);
  return text;
}

std::string TypeOf(const Dialect& dialect) {
  return IsSoap12(dialect) ? "application/soap+xml; charset=utf-8" : "text/xml; charset=utf-8";
}

std::string PostText(const Dialect& dialect, const std::string& header, const std::string& body, const Values& values) {
  return Post(TypeOf(dialect), Filled("<s:Envelope xmlns:s=\"{soap}\" xmlns:r=\"{rm}\" xmlns:a=\"{wsa}\"><s:Header>" +
                                          header + "</s:Header><s:Body>" + body + "</s:Body></s:Envelope>",
                                      dialect, values));
}

std::string Between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return std::string();
  const std::size_t to = text.find(end, from + begin.size());
  return to == std::string::npos ? std::string() : text.substr(from + begin.size(), to - from - begin.size());
}

}  // namespace gsoaprm::testing
