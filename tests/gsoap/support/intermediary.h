// Stands between a client and a service, a thread for each connection: the test says what a client gets of the answer
// to a call. For what FaultProxy cannot do: it loses, doubles and delays whole messages.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <thread>

#include "proxy/connection.h"

namespace gsoaprm::testing {

class Intermediary {
 public:
  // Gives the client what it is to have. False: that was the end of its connection.
  using Answer =
      std::function<bool(proxy::Connection* client, const proxy::StopSignal& stop, const std::string& response)>;
  // `answer` is asked for calls of Add, from the threads of the connections; all else passes.
  Intermediary(int service_port, Answer answer);
  ~Intermediary();
  Intermediary(const Intermediary&) = delete;
  Intermediary& operator=(const Intermediary&) = delete;
  int port() const { return port_; }

 private:
  void Accept();
  void Serve(proxy::Connection* client) const;

  const std::uint16_t service_port_;
  const Answer answer_;
  proxy::StopSignal stop_;
  std::uint16_t port_ = 0;
  const proxy::Descriptor listener_;
  std::list<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace gsoaprm::testing
