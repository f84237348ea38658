#include "session/server_sessions.h"

#include <set>
#include <utility>

#include "engine/unreadable.h"

namespace gsoaprm::session {
namespace {

// The identifier that says which session a message is about.
const SequenceId* NamedSequence(const wire::Envelope& message) {
  // An identifier is empty where it could not be read.
  if (message.sequence && !message.sequence->id.empty()) return &message.sequence->id;
  if (message.ack_requested && !message.ack_requested->id.empty()) return &message.ack_requested->id;
  if (const auto* close = std::get_if<wire::CloseSequence>(&message.body)) return &close->id;
  if (const auto* terminate = std::get_if<wire::TerminateSequence>(&message.body)) return &terminate->id;
  if (const auto* fault = message.fault(); fault && fault->id) return &*fault->id;
  if (message.acknowledgement) return &message.acknowledgement->id;
  return nullptr;
}

void Add(engine::AcceptorMetrics* sum, const engine::AcceptorMetrics& other) {
  sum->delivered += other.delivered;
  sum->duplicates_suppressed += other.duplicates_suppressed;
  sum->replies_repeated += other.replies_repeated;
  sum->early_kept += other.early_kept;
  sum->dropped += other.dropped;
}

}  // namespace

ServerSessions::ServerSessions(const engine::Options& options, engine::IdSource* ids, Clock* clock, Timer* timer)
    : options_(options), ids_(ids), clock_(clock), timer_(timer), listener_(options, ids) {}

std::shared_ptr<ServerSession> ServerSessions::Lookup(const wire::Envelope& message) const {
  const SequenceId* id = NamedSequence(message);
  if (!id) return nullptr;
  const auto found = sessions_.find(id->text());
  return found == sessions_.end() ? nullptr : found->second;
}

ServerSessions::Route ServerSessions::Find(const wire::Envelope& message, const Principal& principal) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (std::holds_alternative<wire::CreateSequence>(message.body)) return Create(message, principal);
  std::shared_ptr<ServerSession> session = Lookup(message);
  // To anybody but its owner a sequence does not exist.
  if (!session || session->identity().principal != principal)
    return listener_.HandleUnknown(clock_->Now(), message, principal);
  if (silent_.erase(session->identity().sequence)) listener_.SessionActive(session->identity().sequence);
  return session;
}

engine::Respond ServerSessions::Create(const wire::Envelope& message, const Principal& principal) {
  const Timestamp now = clock_->Now();
  engine::CreateDisposition disposition = listener_.HandleCreate(now, message, principal);
  if (auto* respond = std::get_if<engine::Respond>(&disposition)) return std::move(*respond);
  auto& accepted = std::get<engine::SessionAccepted>(disposition);
  auto session = std::make_shared<ServerSession>(options_, std::move(accepted.identity), clock_, this);
  const auto& identity = session->identity();
  sessions_.emplace(identity.sequence.text(), session);
  if (!identity.offered.empty()) sessions_.emplace(identity.offered.text(), session);
  silent_.insert(identity.sequence);
  ended_.opened++;
  timer_->Watch(session, session->NextTimeout());
  timer_->Watch(shared_from_this(), listener_.NextTimeout());
  return std::move(accepted.response);
}

engine::Respond ServerSessions::RefusePlain(const wire::Envelope& message) {
  std::lock_guard<std::mutex> lock(mutex_);
  return listener_.HandlePlain(message);
}

engine::Respond ServerSessions::RefuseUnreadable(const wire::ReadResult& result, const Principal& principal) {
  std::unique_lock<std::mutex> lock(mutex_);
  const std::shared_ptr<ServerSession> session = Lookup(result.envelope);
  lock.unlock();
  // Nobody but its owner can end a session, not with such a message either.
  if (session && session->identity().principal == principal) return session->RefuseUnreadable(result);
  return engine::UnreadableResponse(result, engine::UnreadableFault(result));
}

void ServerSessions::StopAccepting() {
  std::lock_guard<std::mutex> lock(mutex_);
  listener_.StopAccepting();
}

void ServerSessions::SessionEnded(const std::shared_ptr<ServerSession>& session) {
  std::lock_guard<std::mutex> lock(mutex_);
  Forget(session, clock_->Now());
}

void ServerSessions::Forget(const std::shared_ptr<ServerSession>& session, Timestamp now) {
  const auto& identity = session->identity();
  const auto found = sessions_.find(identity.sequence.text());
  if (found == sessions_.end() || found->second != session) return;
  Add(&ended_.messages, session->metrics());
  if (session->faulted()) ended_.faulted++;
  listener_.SessionEnded(now, identity.sequence, session->FinalAnswer());
  silent_.erase(identity.sequence);
  sessions_.erase(found);
  if (!identity.offered.empty()) sessions_.erase(identity.offered.text());
  timer_->Watch(shared_from_this(), listener_.NextTimeout());
}

Timestamp ServerSessions::HandleDeadline(Timestamp now) {
  std::vector<std::shared_ptr<ServerSession>> gone;  // destroyed after the lock is released
  std::lock_guard<std::mutex> lock(mutex_);
  listener_.HandleTimeout(now);
  while (auto id = listener_.PollGiveUp(now)) {
    const auto found = sessions_.find(id->text());
    if (found == sessions_.end()) {
      listener_.SessionEnded(now, *id, std::nullopt);
      continue;
    }
    gone.push_back(found->second);
    Forget(gone.back(), now);
  }
  return listener_.NextTimeout();
}

ServerMetrics ServerSessions::metrics() {
  std::lock_guard<std::mutex> lock(mutex_);
  ServerMetrics sum = ended_;
  std::set<const ServerSession*> counted;
  for (const auto& entry : sessions_) {
    if (!counted.insert(entry.second.get()).second) continue;
    Add(&sum.messages, entry.second->metrics());
    sum.open++;
  }
  return sum;
}

}  // namespace gsoaprm::session
