// A plain HTTP connection for tests: sends bytes as they are, reads whole messages.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "replay/capture.h"

namespace gsoaprm::replay {

using Deadline = std::chrono::steady_clock::time_point;
inline Deadline In(int milliseconds) {
  return std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
}

class HttpSocket {
 public:
  HttpSocket() = default;
  explicit HttpSocket(int descriptor) : descriptor_(descriptor) {}
  HttpSocket(HttpSocket&& other) noexcept;
  HttpSocket& operator=(HttpSocket&& other) noexcept;
  HttpSocket(const HttpSocket&) = delete;
  HttpSocket& operator=(const HttpSocket&) = delete;
  ~HttpSocket();

  bool Connect(int port);
  bool open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  void Close();
  // Wakes a thread that reads; the descriptor stays.
  void Shutdown();
  bool Send(const std::string& bytes);
  // Whether there is something to read, or the peer has closed.
  bool Readable() const;
  bool WaitReadable(Deadline deadline) const;
  // Nothing when the peer closed or time ran out. Undoes chunks.
  std::optional<HttpMessage> Read(Deadline deadline);

 private:
  bool Receive(Deadline deadline);
  bool ReadUntil(const std::string& end, Deadline deadline, std::string* text);
  bool ReadExactly(std::size_t count, Deadline deadline, std::string* text);
  bool ReadChunks(Deadline deadline, std::string* text);

  int descriptor_ = -1;
  std::string buffer_;
};

// A listening socket on a free port of the loopback interface.
class Listening {
 public:
  Listening();
  ~Listening() { Close(); }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  int port() const { return port_; }
  // A closed socket when Stop() was called.
  HttpSocket Accept();
  void Stop();
  // From now on connections are refused.
  void Close();

 private:
  int descriptor_ = -1;
  int port_ = 0;
};

}  // namespace gsoaprm::replay
