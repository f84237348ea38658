// Somebody whom nobody shall connect to, and messages that ask a server to do it.
#pragma once

#include <string>

#include "wire/envelope.h"

namespace gsoaprm::testing {

class Bystander {
 public:
  Bystander();
  ~Bystander();
  Bystander(const Bystander&) = delete;
  Bystander& operator=(const Bystander&) = delete;
  const Uri& uri() const { return uri_; }
  // Nobody has connected.
  bool IsLeftAlone() const;

 private:
  const int socket_;
  Uri uri_;
};

// The HTTP request for the envelope with one more header block of WS-Addressing: ReplyTo or FaultTo with this address.
std::string WithAddress(const wire::Envelope& envelope, const std::string& name, const Uri& address);

}  // namespace gsoaprm::testing
