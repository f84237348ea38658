// An HTTP proxy that knows CONNECT only: it carries what goes between a client and the server of its one address.
#pragma once

#include <atomic>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gsoaprm::testing {

class Tunnel {
 public:
  // Leads to this port of the loopback interface, whatever name the client gives to it. `credentials`: demanded as
  // Proxy-Authorization, unless empty.
  explicit Tunnel(int to, std::string credentials = "");
  ~Tunnel();
  Tunnel(const Tunnel&) = delete;
  Tunnel& operator=(const Tunnel&) = delete;

  int port() const { return port_; }
  // The heads of the requests that came, refused ones too.
  std::vector<std::string> requests() const;

 private:
  void Accept();
  void Carry(int client);
  bool Open(int client);

  const int to_;
  const std::string credentials_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::list<int> sockets_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace gsoaprm::testing
