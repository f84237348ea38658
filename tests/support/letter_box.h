// Somebody on the loopback interface to whom messages are posted: takes HTTP requests and keeps them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gsoaprm::testing {

struct Letter {
  std::string header;  // request line and header
  std::string body;
  std::string target() const;  // of the request line
  std::string Value(const std::string& name) const;
};

constexpr char kTaken[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

class LetterBox {
 public:
  // The bytes that answer a letter; empty: it is never answered.
  using Answer = std::function<std::string(const Letter&)>;
  // `port` 0: one that is free.
  explicit LetterBox(
      Answer answer = [](const Letter&) { return kTaken; }, int port = 0);
  ~LetterBox();
  LetterBox(const LetterBox&) = delete;
  LetterBox& operator=(const LetterBox&) = delete;

  int port() const { return port_; }
  std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<Letter> letters() const;
  std::size_t connections() const;
  // Waits until there are that many letters; false after ten seconds.
  bool WaitFor(std::size_t count) const;
  bool WaitForConnections(std::size_t count) const;

 private:
  void Accept();
  void Take(int connection);

  const Answer answer_;
  int listening_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Letter> letters_;
  std::size_t connections_ = 0;
  std::vector<int> held_;  // connections that are never answered
  std::thread thread_;
};

}  // namespace gsoaprm::testing
