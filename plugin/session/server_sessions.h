// All reliable sessions of one server: finds the session of a message, makes and forgets sessions. With a store they
// outlive the process.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>

#include "engine/listener.h"
#include "session/server_session.h"

namespace gsoaprm::session {

struct ServerMetrics {
  engine::AcceptorMetrics messages;
  std::uint64_t opened = 0;
  std::uint64_t faulted = 0;
  std::uint64_t open = 0;
};

class ServerSessions : public SessionObserver, public Timed, public std::enable_shared_from_this<ServerSessions> {
 public:
  // `timer` and `store` must outlive the last session. Without a store sessions live in memory.
  ServerSessions(const engine::Options& options, engine::IdSource* ids, Clock* clock, Timer* timer,
                 store::Store* store = nullptr);

  // Before the first message: a sequence that the store gave back, live or ended.
  void Restore(const engine::RecoveredAcceptor& recovered);

  // The session that this message belongs to, or the answer to give: to a CreateSequence, or to a message of a session
  // that is not there or not this principal's (assurance: a sequence belongs to who made it). RespondEmpty: the answer
  // could not be made durable yet.
  using Route = std::variant<std::shared_ptr<ServerSession>, engine::Respond, engine::RespondEmpty>;
  Route Find(const wire::Envelope& message, const Principal& principal);

  // A message without RM where RM is required.
  engine::Respond RefusePlain(const wire::Envelope& message);
  // A message that could not be read, of whichever session.
  engine::Respond RefuseUnreadable(const wire::ReadResult& result, const Principal& principal);
  // The endpoint closes: no new sessions.
  void StopAccepting();

  ServerMetrics metrics();

  void SessionEnded(const std::shared_ptr<ServerSession>& session) override;
  std::shared_ptr<SharedMemory> memory() override { return memory_; }
  Timestamp HandleDeadline(Timestamp now) override;

 private:
  Route FindNow(const wire::Envelope& message, const Principal& principal);
  Route Create(const wire::Envelope& message, const Principal& principal);
  void Insert(const std::shared_ptr<ServerSession>& session);
  void Remove(const SequenceId& sequence);
  void GiveUp(const std::shared_ptr<ServerSession>& session, Timestamp now);
  // Lets the store forget what the listener has forgotten.
  void RecordForgotten();
  std::shared_ptr<ServerSession> Lookup(const wire::Envelope& message) const;
  void Forget(const std::shared_ptr<ServerSession>& session, Timestamp now);

  const engine::Options options_;
  engine::IdSource* const ids_;
  Clock* const clock_;
  Timer* const timer_;
  store::Store* const store_;
  const std::shared_ptr<SharedMemory> memory_;
  std::mutex mutex_;
  engine::Listener listener_;
  // By the created and by the offered identifier, since an acknowledgement alone names only the latter. Keys are views
  // into the sessions' identities; the listener lets no identifier in twice.
  std::unordered_map<std::string_view, std::shared_ptr<ServerSession>> sessions_;
  std::unordered_set<SequenceId> silent_;  // created, and no message yet
  ServerMetrics ended_;                    // sums over the sessions that are gone
  store::Ticket ticket_ = 0;               // what answers given here tell of
};

}  // namespace gsoaprm::session
