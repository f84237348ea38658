// What holds when memory runs out in the middle of a session's step. The engine is then half way between two states,
// from which nobody can go on: the session is over, says so, and lets everybody go who waits for it.
#pragma once

#include <exception>

namespace gsoaprm::session {

// Calls Tear() of the session when an exception leaves the scope. To be declared before the session's lock is taken: by
// then that has been given back.
template <class Session>
class Step {
 public:
  explicit Step(Session* session) : session_(*session), exceptions_(std::uncaught_exceptions()) {}
  ~Step() {
    if (std::uncaught_exceptions() > exceptions_) session_.Tear();
  }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

 private:
  Session& session_;
  const int exceptions_;
};

}  // namespace gsoaprm::session
