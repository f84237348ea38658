// Programs that the demo starts, watches and ends.
#ifndef SAMPLES_DEMO_PROCESS_H_
#define SAMPLES_DEMO_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace demo {

// A running program whose output goes to files. Ended with the object.
class Process {
 public:
  // `output` names the file of its standard output; `output`.err is that of its standard error.
  Process(const std::vector<std::string>& command, std::string output);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  bool running();
  // Asks it to end (SIGTERM), waits, and returns its exit status; that of a program killed by a signal is 128 + signal.
  int Stop();
  std::string output() const;
  std::string error_output() const;
  // Waits until its output has a line that begins so; "" when it ended or the time was over before. Else that line.
  std::string WaitForLine(const std::string& beginning, std::chrono::milliseconds timeout);

 private:
  void Wait(int options);

  std::string output_file_;
  pid_t pid_ = -1;
  bool ended_ = false;
  int status_ = 0;
};

std::string ReadFile(const std::string& name);

// A TCP port that nobody uses now.
int FreePort();

}  // namespace demo

#endif  // SAMPLES_DEMO_PROCESS_H_
