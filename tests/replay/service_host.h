// Our side as a service: the class that gSOAP generates of WCF's own WSDL, with the plugin registered, on a port of the
// loopback interface, a thread for each connection. The operations do what those of the recorded service did.
#pragma once

#include <soap_rm.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "replay/http_socket.h"

struct soap;

namespace gsoaprm::replay {

// The operations' doings. A slow operation begins, then waits until it is let go.
class Operations {
 public:
  // `call` is the line that the recorded service wrote to its log: "SlowAdd(1,100,300)=101".
  void Run(const std::string& call, bool slow);
  void LetGo(const std::string& call);
  void LetAllGo();
  void NoteMessage();  // a message was read
  std::vector<std::string> executions() const;

  struct Counts {
    int messages = 0;  // read
    int begun = 0;     // operations
  };
  Counts counts() const;
  // Until the counts have reached `wanted` in either member; false when time ran out.
  bool WaitFor(const Counts& wanted, Deadline deadline) const;
  // Until this call has begun; false when time ran out.
  bool WaitForBegin(const std::string& call, Deadline deadline) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Counts counts_;
  bool all_go_ = false;
  std::set<std::string> begun_, go_;
  std::vector<std::string> executions_;
};

class ServiceHost {
 public:
  explicit ServiceHost(const soap_rm_options& options);
  ~ServiceHost();
  ServiceHost(const ServiceHost&) = delete;
  ServiceHost& operator=(const ServiceHost&) = delete;

  const std::string& problem() const { return problem_; }  // "" when it serves
  int port() const { return port_; }
  Operations& operations() { return operations_; }
  soap_rm_metrics metrics() const;
  // Until no session is open; false when time ran out.
  bool WaitForNoSession(Deadline deadline) const;

 private:
  void Accept();

  Operations operations_;
  soap_rm_options options_;
  struct soap* soap_;
  std::string problem_;
  int port_ = 0;
  bool stop_ = false;
  std::mutex mutex_;
  std::vector<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace gsoaprm::replay
