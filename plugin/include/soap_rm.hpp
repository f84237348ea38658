// gsoaprm for C++: an optional layer over soap_rm.h, header only. Options that throw on a wrong value, a session that
// closes itself, registration that throws its reason. The namespace is soaprm, as soap_rm is the plugin's function.
//
//     soaprm::Options options;                                         // the defaults
//     options.set("max_retry_count", 20).set("inactivityTimeout", "00:05:00");
//     soaprm::register_on(soap, options);                              // the one line
//     soaprm::ReliableSession session(soap, endpoint);                 // a session by scope: opens
//     proxy.Add(...);
//     session.close();                                                 // confirmed, or throws
//
// Include gSOAP's header (stdsoap2.h, or the generated soapH.h or proxy) first: registration and errors need its
// declarations. Without it there is only Options.
#ifndef SOAP_RM_HPP
#define SOAP_RM_HPP

#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "soap_rm.h"

namespace soaprm {

// The options, filled with their defaults. Setters throw std::invalid_argument with a sentence that names the option,
// the value and the range; the options are then as they were.
class Options {
 public:
  Options() { soap_rm_options_default(&options_); }

  // By member name or WCF's attribute name.
  Options& set(const std::string& name, const std::string& value) {
    char sentence[kSentence] = "";
    return check(soap_rm_options_set(&options_, name.c_str(), value.c_str(), sentence, sizeof sentence), sentence);
  }
  Options& set(const std::string& name, const char* value) { return set(name, std::string(value)); }
  Options& set(const std::string& name, bool value) { return set(name, std::string(value ? "true" : "false")); }
  template <class Number>
  typename std::enable_if<std::is_integral<Number>::value, Options&>::type set(const std::string& name, Number value) {
    return set(name, std::to_string(value));
  }

  // Lines of name=value; `source` names them in errors.
  Options& text(const std::string& lines, const std::string& source = "options") {
    char sentence[kSentence] = "";
    return check(soap_rm_options_text(&options_, lines.c_str(), source.c_str(), sentence, sizeof sentence), sentence);
  }
  // The binding of that name in a WCF configuration file.
  Options& load(const std::string& file, const std::string& binding) {
    char sentence[kSentence] = "";
    return check(soap_rm_options_load(&options_, file.c_str(), binding.c_str(), sentence, sizeof sentence), sentence);
  }
  // Whether the values fit together; registration checks it, too.
  const Options& check() const {
    char sentence[kSentence] = "";
    if (soap_rm_options_check(&options_, sentence, sizeof sentence) != 0) throw std::invalid_argument(sentence);
    return *this;
  }

  // For what has no text: the callbacks.
  soap_rm_options& get() { return options_; }
  const soap_rm_options& get() const { return options_; }

 private:
  static constexpr std::size_t kSentence = 1024;

  Options& check(int result, const char* sentence) {
    if (result != 0) throw std::invalid_argument(sentence);
    return *this;
  }

  soap_rm_options options_;
};

#ifdef SOAP_OK  // gSOAP's header was included

// What soap_rm_get_error() tells about the last call, copied.
class Error : public std::runtime_error {
 public:
  // Of a call that failed on this context.
  static Error of(struct soap* soap) {
    soap_rm_error details = soap_rm_error();
    details.size = sizeof details;
    if (soap_rm_get_error(soap, &details) != SOAP_OK || details.error_class == SOAP_RM_NO_ERROR) {
      details = soap_rm_error();
      // Registration was refused, and there is no plugin to ask.
      if (soap->error == SOAP_RM_ERROR) details.error_class = SOAP_RM_MISUSE;
      return Error(soap->error, details, fault_of(soap));
    }
    return Error(soap->error, details, text_of(details));
  }

  int soap_error() const { return soap_error_; }  // soap->error
  soap_rm_error_class error_class() const { return class_; }
  soap_rm_outcome outcome() const { return outcome_; }
  const std::string& code() const { return code_; }
  const std::string& reason() const { return reason_; }
  const std::string& advice() const { return advice_; }

 private:
  Error(int soap_error, const soap_rm_error& details, const std::string& what)
      : std::runtime_error(what),
        soap_error_(soap_error),
        class_(details.error_class),
        outcome_(details.outcome),
        code_(details.code ? details.code : ""),
        reason_(details.reason ? details.reason : ""),
        advice_(details.advice ? details.advice : "") {}

  static std::string text_of(const soap_rm_error& details) {
    std::string text = details.code ? details.code : "";
    if (details.reason && *details.reason) text.append(": ").append(details.reason);
    if (details.advice && *details.advice) text.append(" ").append(details.advice);
    return text;
  }
  // An error that is not of the session: gSOAP's own words.
  static std::string fault_of(struct soap* soap) {
    char text[1024] = "";
    soap_sprint_fault(soap, text, sizeof text);
    return text;
  }

  int soap_error_;
  soap_rm_error_class class_;
  soap_rm_outcome outcome_;
  std::string code_, reason_, advice_;
};

// Registers the plugin; throws Error when it is refused. Options are copied.
inline void register_on(struct soap* soap, const Options& options = Options()) {
  soap_rm_options copy = options.get();
  if (soap_register_plugin_arg(soap, ::soap_rm, &copy) != SOAP_OK) throw Error::of(soap);
}

// A session by scope: opens when constructed, closes when close() is called or, at the latest, when destroyed. Used by
// the thread that owns the context, which must outlive it.
class ReliableSession {
 public:
  ReliableSession(struct soap* soap, std::string endpoint) : soap_(soap), endpoint_(std::move(endpoint)) {
    if (soap_rm_open(soap_, endpoint_.c_str()) != SOAP_OK) throw Error::of(soap_);
  }
  ReliableSession(ReliableSession&& other) noexcept : soap_(other.soap_), endpoint_(std::move(other.endpoint_)) {
    other.soap_ = nullptr;
  }
  ReliableSession& operator=(ReliableSession&& other) noexcept {
    if (this == &other) return *this;
    release();
    soap_ = other.soap_;
    endpoint_ = std::move(other.endpoint_);
    other.soap_ = nullptr;
    return *this;
  }
  ReliableSession(const ReliableSession&) = delete;
  ReliableSession& operator=(const ReliableSession&) = delete;
  // Closes what is still open, for at most close_timeout. Never throws: whoever wants to know calls close().
  ~ReliableSession() { release(); }

  // Returns when the service has confirmed; else throws, and the session is given up. Closed before: nothing.
  void close() {
    if (!soap_) return;
    struct soap* const soap = soap_;
    soap_ = nullptr;
    if (soap_rm_close(soap, endpoint_.c_str()) != SOAP_OK) throw Error::of(soap);
  }
  // Ends it at once; outstanding calls fail.
  void abort() {
    if (!soap_) return;
    struct soap* const soap = soap_;
    soap_ = nullptr;
    if (soap_rm_abort(soap, endpoint_.c_str()) != SOAP_OK) throw Error::of(soap);
  }
  // After a fault: the next call opens a new session.
  void reopen() {
    if (soap_ && soap_rm_reopen(soap_, endpoint_.c_str()) != SOAP_OK) throw Error::of(soap_);
  }

  // Whether this object still has a session to close.
  explicit operator bool() const { return soap_ != nullptr; }
  const std::string& endpoint() const { return endpoint_; }
  soap_rm_state state() const { return soap_ ? soap_rm_session_state(soap_, endpoint_.c_str()) : SOAP_RM_CLOSED; }

 private:
  void release() noexcept {
    if (soap_) soap_rm_close(soap_, endpoint_.c_str());
    soap_ = nullptr;
  }

  struct soap* soap_;
  std::string endpoint_;
};

#endif  // SOAP_OK

}  // namespace soaprm

#endif
