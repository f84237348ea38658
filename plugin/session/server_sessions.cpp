#include "session/server_sessions.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/acceptor_answers.h"
#include "engine/unreadable.h"
#include "store/fail_point.h"

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

engine::Options Durable(engine::Options options, const store::Store* store) {
  options.durable = store != nullptr;
  return options;
}

// Why no session can be made durable; ok when there is room.
Status ProblemOf(const store::Store* store) {
  return store == nullptr || store->HasRoom() ? Status() : store->problem();
}

// In SOAP 1.1 a fault has no subcode that says "try again": a client that has made an Offer would take the refusal for
// one of that, and do without it. It asks again when nothing comes.
ServerSessions::Route RefusedByStore(const wire::Envelope& message, engine::Respond refusal) {
  const auto* create = std::get_if<wire::CreateSequence>(&message.body);
  if (message.protocol.soap == wire::SoapVersion::k11 && create && create->offer) return engine::RespondEmpty{};
  return refusal;
}

}  // namespace

ServerSessions::ServerSessions(const engine::Options& options, engine::IdSource* ids, Clock* clock, Timer* timer,
                               store::Store* store)
    : options_(Durable(options, store)),
      ids_(ids),
      clock_(clock),
      timer_(timer),
      store_(store),
      memory_(std::make_shared<SharedMemory>(options.total_memory)),
      listener_(options_, ids) {}

void ServerSessions::Restore(const engine::RecoveredAcceptor& recovered) {
  std::lock_guard<std::mutex> lock(mutex_);
  listener_.Restore(clock_->Now(), recovered);
  if (recovered.ended) {
    if (store_ != nullptr) store_->Enqueue(engine::BuryLeftovers(recovered));
  } else {
    Insert(std::make_shared<ServerSession>(options_, recovered, clock_, this, store_));
  }
  RecordForgotten();
  timer_->Watch(shared_from_this(), listener_.NextTimeout());
}

std::shared_ptr<ServerSession> ServerSessions::Lookup(const wire::Envelope& message) const {
  const SequenceId* id = NamedSequence(message);
  if (!id) return nullptr;
  const auto found = sessions_.find(id->text());
  return found == sessions_.end() ? nullptr : found->second;
}

ServerSessions::Route ServerSessions::Find(const wire::Envelope& message, const Principal& principal) {
  std::unique_lock<std::mutex> lock(mutex_);
  Route route = FindNow(message, principal);
  RecordForgotten();
  const store::Ticket ticket = ticket_;
  lock.unlock();
  const auto* respond = std::get_if<engine::Respond>(&route);
  // A refusal promises nothing.
  if (store_ == nullptr || respond == nullptr || respond->envelope.fault() != nullptr) return route;
  const bool creates = std::holds_alternative<wire::CreateSequence>(message.body);
  if (store_->WaitDurable(ticket, ServerSession::kStorePatience)) {
    FailPoint(creates ? "server.create.durable" : "server.end.durable");
    return route;
  }
  if (!creates) return engine::RespondEmpty{};
  // Its client may ask again, and gets the same sequence when that is written.
  return RefusedByStore(message, engine::StoreRefusal(message, ProblemOf(store_)));
}

ServerSessions::Route ServerSessions::FindNow(const wire::Envelope& message, const Principal& principal) {
  if (std::holds_alternative<wire::CreateSequence>(message.body)) return Create(message, principal);
  std::shared_ptr<ServerSession> session = Lookup(message);
  // To anybody but its owner a sequence does not exist.
  if (!session || session->identity().principal != principal)
    return listener_.HandleUnknown(clock_->Now(), message, principal);
  if (silent_.erase(session->identity().sequence)) listener_.SessionActive(session->identity().sequence);
  return session;
}

ServerSessions::Route ServerSessions::Create(const wire::Envelope& message, const Principal& principal) {
  const Timestamp now = clock_->Now();
  engine::CreateDisposition disposition = listener_.HandleCreate(now, message, principal, ProblemOf(store_));
  if (auto* respond = std::get_if<engine::Respond>(&disposition)) {
    const wire::Fault* fault = respond->envelope.fault();
    const bool by_the_store =
        !ProblemOf(store_).ok() && fault && fault->code == wire::FaultCode::kConnectionLimitReached;
    return by_the_store ? RefusedByStore(message, std::move(*respond)) : std::move(*respond);
  }
  auto& accepted = std::get<engine::SessionAccepted>(disposition);
  if (store_ != nullptr) {
    FailPoint("server.create.before_enqueue");
    ticket_ =
        store_->Enqueue({engine::SequenceCreated{accepted.identity, accepted.create_message_id, accepted.expires}});
  }
  const SequenceId sequence = accepted.identity.sequence;
  try {
    Insert(std::make_shared<ServerSession>(options_, std::move(accepted.identity), clock_, this, store_));
    timer_->Watch(shared_from_this(), listener_.NextTimeout());
  } catch (...) {
    Remove(sequence);
    listener_.SessionLost(sequence);
    throw;
  }
  ended_.opened++;
  return std::move(accepted.response);
}

void ServerSessions::Remove(const SequenceId& sequence) {
  silent_.erase(sequence);
  const auto found = sessions_.find(sequence.text());
  if (found == sessions_.end()) return;
  // The keys are views into it.
  const std::shared_ptr<ServerSession> kept = found->second;
  sessions_.erase(found);
  if (!kept->identity().offered.empty()) sessions_.erase(kept->identity().offered.text());
}

void ServerSessions::Insert(const std::shared_ptr<ServerSession>& session) {
  const auto& identity = session->identity();
  sessions_.emplace(identity.sequence.text(), session);
  if (!identity.offered.empty()) sessions_.emplace(identity.offered.text(), session);
  if (!session->has_received_message()) silent_.insert(identity.sequence);
  timer_->Watch(session, session->NextTimeout());
}

void ServerSessions::RecordForgotten() {
  if (store_ == nullptr) return;
  engine::Changes changes;
  for (SequenceId& sequence : listener_.TakeForgotten()) {
    changes.push_back(engine::SequenceForgotten{std::move(sequence)});
  }
  if (!changes.empty()) store_->Enqueue(std::move(changes));
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
  RecordForgotten();
}

void ServerSessions::Forget(const std::shared_ptr<ServerSession>& session, Timestamp now) {
  const auto& identity = session->identity();
  const auto found = sessions_.find(identity.sequence.text());
  if (found == sessions_.end() || found->second != session) return;
  // First what may fail: then it is told again.
  listener_.SessionEnded(now, identity.sequence, session->FinalAnswer());
  Add(&ended_.messages, session->metrics());
  if (session->faulted()) ended_.faulted++;
  ticket_ = std::max(ticket_, session->ticket());
  Remove(identity.sequence);
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
    GiveUp(gone.back(), now);
  }
  RecordForgotten();
  return listener_.NextTimeout();
}

void ServerSessions::GiveUp(const std::shared_ptr<ServerSession>& session, Timestamp now) {
  if (store_ != nullptr) {
    const std::optional<engine::Respond> answer = session->FinalAnswer();
    store_->Enqueue({engine::SequenceEnded{session->identity().sequence,
                                           answer ? engine::FinalAnswerText(*answer) : std::string()}});
  }
  Forget(session, now);
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
