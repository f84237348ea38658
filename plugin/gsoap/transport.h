// A private copy of the application's context that carries exchanges: one HTTP request with its response at a time,
// over a connection that is kept open for the next.
#pragma once

#include <stdsoap2.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>

#include "engine/initiator_session.h"
#include "gsoap/incoming.h"
#include "gsoap/message_input.h"
#include "gsoap/transport_cookies.h"
#include "gsoap/transport_settings.h"
#include "include/soap_rm.h"
#include "session/client_ports.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::binding {

struct Context;

// Of an errno; strerror() is not for programs with threads.
inline std::string ErrorText(int number) { return std::generic_category().message(number); }

// What the HTTP response was, filled by the fparse and fparsehdr hooks.
struct HttpAnswer {
  HttpHeaders headers;
  bool has_length = false;
  bool sets_cookie = false;
  bool parsed = false;  // the header was read to its end
  int status = 0;
  std::string content_type;
  std::string action;
  std::string entity;
  ReadEntityResult reading = ReadEntityResult::kOk;
};

struct TransportRequest {
  const char* address;  // where to send it
  const wire::WrittenMessage* message;
  const std::string* soap_action;     // SOAP 1.1; null for 1.2, as WCF does
  const TransportSettings* settings;  // may be null
};

class Transport : public session::Interruptible {
 public:
  // Copies a context of the application, in the thread that owns it; null when memory runs out.
  static std::shared_ptr<Transport> CopyOf(struct soap* soap, const soap_rm_options& options);
  // Copies this one. The caller sees to it that nobody uses it meanwhile.
  std::shared_ptr<Transport> Copy() const;
  Transport(struct soap* own, const soap_rm_options& options, int generation);
  ~Transport() override;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // ---- an exchange ----
  // From here on Interrupt() with the returned turn wakes it.
  std::uint64_t BeginTurn();
  // Connects if there is no connection and sends the request. False: the exchange is over, see failure().
  bool Post(const TransportRequest& request);
  engine::ExchangeResult Read();
  // What came of it when Post has failed.
  engine::ExchangeResult Failure() const { return failure_; }
  // A reader that nobody watches must end by itself.
  void BoundReading();
  void Interrupt(std::uint64_t turn) override;

  // Before a request, and after an answer.
  void UseCookies(const CookieJar& jar);
  void KeepCookies(CookieJar* jar);

  // Of the settings that it was copied with.
  int generation() const { return generation_; }
  void SetGeneration(int generation) { generation_ = generation; }

  // ---- hooks of its context ----
  int Parse(Context& context);
  int ParseHeader(Context& context, const char* key, const char* value);
  std::size_t Receive(Context& context, char* buffer, std::size_t capacity);

 private:
  bool Connect(const TransportRequest& request, std::size_t size);
  bool Send(const TransportRequest& request);
  void PrepareReading();
  bool Arm();
  void Disarm();
  void EndConnection();
  void Clean();
  engine::ExchangeResult Judge();
  engine::ExchangeResult NoAnswer(std::string reason) const;
  engine::ExchangeResult HttpError(std::string reason) const;
  engine::ExchangeResult Hopeless(Status problem) const;
  engine::ExchangeResult HopelessAnswer(const char* code, std::string reason, const char* advice) const;
  engine::ExchangeResult TooLarge() const;
  engine::ExchangeResult ConnectFailure() const;
  std::string ExtraHeaders(const TransportSettings* settings, bool compressed) const;

  struct soap* const soap_;
  const soap_rm_options& options_;
  int generation_;
  int cookies_version_ = 0;
  HttpAnswer answer_;
  Incoming incoming_;
  MessageInput input_;
  std::string extra_header_;
  std::string compressed_;
  engine::ExchangeResult failure_;

  std::mutex mutex_;  // guards what follows
  std::uint64_t turn_ = 0;
  bool interrupted_ = false;
  bool connecting_ = false;  // what is parsed then is a proxy's answer to CONNECT, which gSOAP sends before TLS
  SOAP_SOCKET socket_ = SOAP_INVALID_SOCKET;  // valid while an exchange is under way on it
};

}  // namespace gsoaprm::binding
