#include "demo/process.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

namespace demo {
namespace {

constexpr std::chrono::milliseconds kLook(20);

void OpenAs(const std::string& file, int descriptor) {
  const int opened = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666);
  if (opened < 0 || dup2(opened, descriptor) < 0) _exit(127);
  close(opened);
}

}  // namespace

Process::Process(const std::vector<std::string>& command, std::string output) : output_file_(std::move(output)) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const std::string error_file = output_file_ + ".err";
  pid_ = fork();
  if (pid_ != 0) return;
  OpenAs(output_file_, STDOUT_FILENO);
  OpenAs(error_file, STDERR_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

Process::~Process() { Stop(); }

void Process::Wait(int options) {
  int status = 0;
  if (ended_ || pid_ < 0 || waitpid(pid_, &status, options) != pid_) return;
  ended_ = true;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool Process::running() {
  Wait(WNOHANG);
  return pid_ > 0 && !ended_;
}

int Process::Stop() {
  if (pid_ < 0) return 127;
  if (running()) kill(pid_, SIGTERM);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  while (running() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(kLook);
  if (running()) kill(pid_, SIGKILL);
  Wait(0);
  return status_;
}

std::string Process::output() const { return ReadFile(output_file_); }

std::string Process::error_output() const { return ReadFile(output_file_ + ".err"); }

std::string Process::WaitForLine(const std::string& beginning, std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (std::chrono::steady_clock::now() < deadline) {
    const bool was_running = running();
    std::istringstream lines(output());
    std::string line;
    while (std::getline(lines, line)) {
      if (line.rfind(beginning, 0) == 0 && !lines.eof()) return line;
    }
    if (!was_running) return "";
    std::this_thread::sleep_for(kLook);
  }
  return "";
}

std::string ReadFile(const std::string& name) {
  std::ifstream file(name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

int FreePort() {
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {};
  address.sin_family = AF_INET;
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<struct sockaddr*>(&address);
  const bool found = bind(descriptor, generic, size) == 0 && getsockname(descriptor, generic, &size) == 0;
  close(descriptor);
  return found ? ntohs(address.sin_port) : 0;
}

}  // namespace demo
