// TCP connections of the fault proxy. All waiting ends when the proxy stops.
#ifndef TESTS_PROXY_CONNECTION_H_
#define TESTS_PROXY_CONNECTION_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/http_message.h"

namespace gsoaprm::proxy {

// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { Close(); }
  int get() const { return number_; }
  bool valid() const { return number_ >= 0; }
  void Close();

 private:
  int number_;
};

// Once raised, everybody who waits for a connection with it gives up.
class StopSignal {
 public:
  StopSignal();
  void Raise();
  int descriptor() const { return event_.get(); }
  // False when the signal came before `milliseconds` had passed.
  bool WaitFor(int milliseconds) const;

 private:
  Descriptor event_;
};

class Connection {
 public:
  Connection() : stop_(nullptr) {}
  Connection(Descriptor socket, const StopSignal* stop);
  // An invalid connection when the peer does not answer.
  static Connection To(const std::string& host, uint16_t port, const StopSignal* stop);

  bool valid() const { return socket_.valid(); }
  bool ReadRequest(HttpMessage* message);
  bool ReadResponse(HttpMessage* message);
  bool Write(std::string_view bytes);
  // What was read and is no whole message yet.
  const std::string& unread() const { return buffer_; }
  // Whether the peer has closed an idle connection.
  bool PeerHasClosed() const;
  void Close() { socket_.Close(); }
  // Closes with a TCP reset.
  void Reset();

 private:
  enum class ReadResult { kBytes, kEnd, kFailed };
  bool Wait(short events) const;
  ReadResult ReadSome();

  Descriptor socket_;
  const StopSignal* stop_;
  std::string buffer_;
};

// Listens on all addresses; port 0 chooses one. Invalid when that failed. `port` becomes the port.
Descriptor Listen(uint16_t* port);
// Invalid when the proxy stops.
Descriptor Accept(const Descriptor& listener, const StopSignal& stop);

}  // namespace gsoaprm::proxy

#endif  // TESTS_PROXY_CONNECTION_H_
