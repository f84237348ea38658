// A service made by hand for the client's tests: HTTP over plain sockets in the test's process, envelopes as WCF shapes
// them. It keeps to the protocol by itself; a test's script may answer otherwise.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "wire/envelope.h"

namespace gsoaprm::testing {

struct ServiceRequest {
  std::string header;
  std::string body;  // inflated
  wire::Envelope envelope;
  std::uint64_t number = 0;  // of its Sequence header
  int sending = 0;           // which one of this message or protocol message, from 1
  std::string Header(const char* name) const;
};

struct ServiceAnswer {
  enum class Kind {
    kHttp,   // `bytes` are written as they stand
    kClose,  // the connection is closed without an answer
    kHang,   // nothing, until the client closes the connection
  };
  Kind kind = Kind::kHttp;
  std::string bytes;
};

// An HTTP response.
ServiceAnswer Http(int status, const std::string& content_type, const std::string& body, const std::string& lines = "");
ServiceAnswer Accepted();  // 202, empty
ServiceAnswer Closed();
ServiceAnswer Hanging();
ServiceAnswer Enveloped(const wire::Envelope& envelope, int status = 200);

class ClientService {
 public:
  // Looks at a request before the service does; false: the service answers itself.
  using Script = std::function<bool(const ServiceRequest& request, ServiceAnswer* answer)>;

  explicit ClientService(Script script = nullptr);
  ~ClientService();
  ClientService(const ClientService&) = delete;
  ClientService& operator=(const ClientService&) = delete;

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/service"; }
  std::vector<ServiceRequest> requests() const;
  // Of this kind only; kNone: messages of the application.
  std::vector<ServiceRequest> requests(wire::RmAction action) const;
  // Waits until there are that many; false after ten seconds.
  bool WaitForRequests(std::size_t count, wire::RmAction action) const;
  int connections() const { return connection_count_; }

  // What the service answers by itself: to an Add its sum, to other messages of the application an acknowledgement.
  ServiceAnswer Answer(const ServiceRequest& request);
  // The reply to a request with this entity as the application's envelope.
  wire::Envelope Reply(const ServiceRequest& request, const std::string& body_xml);
  wire::Envelope Acknowledgement(const ServiceRequest& request);
  SequenceId sequence() const;

 private:
  void Accept();
  void Serve(int socket);
  ServiceRequest Note(const std::string& header, std::string body);
  wire::Envelope Create(const ServiceRequest& request);
  wire::Envelope Protocol(const ServiceRequest& request, wire::RmAction action, bool final);
  wire::AcknowledgementHeader Ranges(const ServiceRequest& request, bool final);

  const Script script_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<ServiceRequest> requests_;
  std::map<std::string, int> sendings_;
  int sequence_count_ = 0;
  SequenceId sequence_, offered_;
  MessageRanges received_;
  std::map<std::uint64_t, std::uint64_t> reply_numbers_;
  std::uint64_t replies_ = 0;
  std::list<int> sockets_;
  std::atomic<int> connection_count_{0};
  std::atomic<bool> stopping_{false};
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace gsoaprm::testing
