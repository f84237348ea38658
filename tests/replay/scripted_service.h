// The recorded WCF service as a script: takes requests of our client, compares each with what the WCF client sent in
// its place, and answers, or fails to, as the recording shows.
#pragma once

#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "replay/capture.h"
#include "replay/comparison.h"
#include "replay/http_socket.h"
#include "replay/server_replay.h"

namespace gsoaprm::replay {

class ScriptedService {
 public:
  explicit ScriptedService(const Capture& capture);
  ~ScriptedService();
  ScriptedService(const ScriptedService&) = delete;
  ScriptedService& operator=(const ScriptedService&) = delete;

  int port() const { return listening_.port(); }
  // Until so many requests of the recording have come that have this action; false when time ran out.
  bool WaitFor(const std::string& action, int count, Deadline deadline);
  // Until the first sending of the message with this number that was not swallowed has been answered or broken off, as
  // the recorded caller waited; false when time ran out.
  bool WaitForFirst(int number, Deadline deadline);
  // Until the message with this number has come; false when time ran out.
  bool WaitForArrival(int number, Deadline deadline);
  // Until as many requests have come as the recording has, or time ran out.
  void WaitForAll(Deadline deadline);
  // No more requests: what is missing, and what was different.
  ReplayResult Finish();

 private:
  struct Step {
    const Event* request = nullptr;
    const Event* response = nullptr;  // null: none in the recording
    std::string action;
    std::string key;                     // action and message number
    std::vector<std::size_t> meanwhile;  // requests that came before it was answered, or that the answer acknowledges
    bool late_poll = false;              // asks for an acknowledgement when the close has begun: nothing waits for it
    bool taken = false;
    bool done = false;  // answered, or not to be answered
  };

  void MakeSteps();
  std::vector<std::size_t> Meanwhile(const Step& step) const;
  std::vector<std::size_t> Acknowledged(const Step& step) const;
  void Accept();
  void Serve(HttpSocket* socket);
  bool Answer(Step* step, HttpSocket* socket);
  // The place of the request in the recording; null when there is none.
  Step* Match(const HttpMessage& request);
  std::vector<Difference> Compare(const Step& step, const HttpMessage& request);
  void Judge(const Step& step, const std::vector<Difference>& differences);
  void NoteOrder(const Step& step);
  HttpMessage AsForUs(const HttpMessage& message) const;
  std::string Bytes(const HttpMessage& response);
  bool Came(const std::vector<std::size_t>& steps) const;

  const Capture& capture_;
  const std::string scenario_;
  const bool as_set_;  // when which request comes is left to the callers
  std::mutex mutex_;
  std::condition_variable changed_;
  Roles roles_;
  std::vector<Step> steps_;
  ReplayResult result_;
  bool stop_ = false;
  Listening listening_;
  std::list<HttpSocket> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace gsoaprm::replay
