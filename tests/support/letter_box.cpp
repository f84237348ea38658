#include "tests/support/letter_box.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace gsoaprm::testing {

std::string Letter::target() const {
  const std::size_t begin = header.find(' ') + 1;
  return header.substr(begin, header.find(' ', begin) - begin);
}

std::string Letter::Value(const std::string& name) const {
  const char* at = strcasestr(header.c_str(), ("\r\n" + name + ": ").c_str());
  if (!at) return "none";
  at += name.size() + 4;
  return std::string(at, std::strcspn(at, "\r"));
}

LetterBox::LetterBox(Answer answer, int port)
    : answer_(std::move(answer)), listening_(socket(AF_INET, SOCK_STREAM, 0)) {
  const int on = 1;
  setsockopt(listening_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(listening_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(listening_, 64), 0);
  getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Accept(); });
}

LetterBox::~LetterBox() {
  shutdown(listening_, SHUT_RDWR);
  thread_.join();
  close(listening_);
  for (const int connection : held_) close(connection);
}

void LetterBox::Accept() {
  for (int connection = accept(listening_, nullptr, nullptr); connection >= 0;
       connection = accept(listening_, nullptr, nullptr)) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      connections_++;
    }
    changed_.notify_all();
    Take(connection);
  }
}

void LetterBox::Take(int connection) {
  std::string bytes;
  Letter letter;
  char buffer[65536];
  for (;;) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end != std::string::npos) {
      letter.header = bytes.substr(0, end + 2);
      letter.body = bytes.substr(end + 4);
      if (letter.body.size() >= std::strtoul(letter.Value("Content-Length").c_str(), nullptr, 10)) break;
    }
    const ssize_t n = recv(connection, buffer, sizeof buffer, 0);
    if (n <= 0) {
      close(connection);
      return;
    }
    bytes.append(buffer, static_cast<std::size_t>(n));
  }
  const std::string answer = answer_(letter);
  std::lock_guard<std::mutex> lock(mutex_);
  letters_.push_back(std::move(letter));
  changed_.notify_all();
  if (answer.empty()) {
    held_.push_back(connection);
    return;
  }
  send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
  close(connection);
}

std::vector<Letter> LetterBox::letters() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return letters_;
}

std::size_t LetterBox::connections() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return connections_;
}

bool LetterBox::WaitFor(std::size_t count) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return letters_.size() >= count; });
}

bool LetterBox::WaitForConnections(std::size_t count) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return connections_ >= count; });
}

}  // namespace gsoaprm::testing
