#include "tests/support/pair_server.h"

#include <algorithm>
#include <utility>

#include "wire/envelope_reader.h"

namespace gsoaprm::testing {
namespace {

void Add(engine::AcceptorMetrics* sum, const engine::AcceptorMetrics& more) {
  sum->delivered += more.delivered;
  sum->duplicates_suppressed += more.duplicates_suppressed;
  sum->replies_repeated += more.replies_repeated;
  sum->early_kept += more.early_kept;
  sum->dropped += more.dropped;
}

}  // namespace

wire::PayloadPointer MakePayload(const wire::Protocol& protocol, const std::string& text) {
  const std::string envelope = "<s:Envelope xmlns:s=\"" + std::string(wire::SoapNamespace(protocol.soap)) +
                               "\"><s:Body><text>" + text + "</text></s:Body></s:Envelope>";
  return *wire::ReadOwnEnvelope(envelope, std::string(wire::ContentType(protocol.soap))).envelope.payload();
}

std::string TextOf(const wire::Payload& payload) {
  const std::size_t start = payload.entity.find("<text>") + 6;
  return payload.entity.substr(start, payload.entity.find("</text>") - start);
}

PairServer::PairServer(const engine::Options& options, const ServerOptions& server, PairNetwork* network,
                       std::uint64_t seed)
    : options_(options), server_(server), network_(network), ids_(seed), listener_(options, &ids_) {}

engine::AcceptorMetrics PairServer::metrics() const {
  engine::AcceptorMetrics sum = finished_;
  for (const auto& entry : sessions_) {
    if (entry.first == entry.second->acceptor->identity().sequence) {
      Add(&sum, entry.second->acceptor->metrics());
    }
  }
  return sum;
}

bool PairServer::IsConsistent() const {
  return std::all_of(sessions_.begin(), sessions_.end(),
                     [](const auto& entry) { return entry.second->acceptor->IsConsistent(); });
}

void PairServer::Receive(Timestamp now, const wire::Envelope& message, Respond respond) {
  if (server_.iterative && busy_ > 0) {
    line_.push_back([this, message, respond](Timestamp later) { Serve(later, message, respond); });
    return;
  }
  Serve(now, message, respond);
}

void PairServer::Serve(Timestamp now, const wire::Envelope& message, const Respond& respond) {
  if (message.rm_action == wire::RmAction::kCreateSequence) {
    Create(now, message, respond);
    return;
  }
  const SessionPointer session = Find(message);
  if (!session) {
    respond(listener_.HandleUnknown(now, message, Principal()));
    return;
  }
  const engine::ExchangeTraits traits{!server_.iterative, server_.dispatches_kept};
  Carry(now, session, session->acceptor->HandleMessage(now, message, traits), respond);
  if (!session->active) {
    session->active = true;
    listener_.SessionActive(session->acceptor->identity().sequence);
  }
  GoOn(now, session);
}

void PairServer::Create(Timestamp now, const wire::Envelope& message, const Respond& respond) {
  engine::CreateDisposition disposition = listener_.HandleCreate(now, message, Principal());
  if (auto* accepted = std::get_if<engine::SessionAccepted>(&disposition)) {
    auto session = std::make_shared<Session>();
    session->acceptor = std::make_unique<engine::AcceptorSession>(options_, accepted->identity, now);
    sessions_[accepted->identity.sequence] = session;
    if (!accepted->identity.offered.empty()) {
      sessions_[accepted->identity.offered] = session;
    }
    respond(accepted->response);
    return;
  }
  respond(std::get<engine::Respond>(disposition));
}

PairServer::SessionPointer PairServer::Find(const wire::Envelope& message) const {
  std::optional<SequenceId> id;
  if (message.sequence) {
    id = message.sequence->id;
  } else if (message.ack_requested) {
    id = message.ack_requested->id;
  } else if (const auto* close = std::get_if<wire::CloseSequence>(&message.body)) {
    id = close->id;
  } else if (const auto* terminate = std::get_if<wire::TerminateSequence>(&message.body)) {
    id = terminate->id;
  } else if (message.acknowledgement) {
    id = message.acknowledgement->id;
  } else if (message.fault() != nullptr) {
    id = message.fault()->id;
  }
  const auto found = id ? sessions_.find(*id) : sessions_.end();
  return found == sessions_.end() ? nullptr : found->second;
}

void PairServer::Carry(Timestamp now, const SessionPointer& session, engine::Disposition disposition,
                       const Respond& respond) {
  if (auto* answer = std::get_if<engine::Respond>(&disposition)) {
    Answer(session, respond, std::move(*answer));
  } else if (auto* deliver = std::get_if<engine::Deliver>(&disposition)) {
    Run(now, session, *deliver, respond);
  } else if (auto* wait = std::get_if<engine::WaitTurn>(&disposition)) {
    session->waiting[wait->number].push_back(respond);
  } else {
    respond(std::nullopt);
  }
}

void PairServer::Run(Timestamp now, const SessionPointer& session, const engine::Deliver& deliver, Respond respond) {
  started_.push_back(deliver.number);
  const std::string text = TextOf(*deliver.payload);  // "call 7"
  executed_.push_back(std::stoull(text.substr(text.find(' '))));
  const std::string reply = "reply" + text.substr(text.find(' '));
  const MessageNumber number = deliver.number;
  ++busy_;
  const Timestamp end = now + network_->Between(server_.shortest_operation, server_.longest_operation);
  network_->At(end, [=] { Finish(end, session, number, reply, respond); });
}

void PairServer::Finish(Timestamp now, const SessionPointer& session, MessageNumber number, const std::string& reply,
                        const Respond& respond) {
  engine::OperationAnswer answer;
  if (!server_.one_way) {
    answer.reply = MakePayload(options_.protocol, reply);
  }
  engine::Disposition disposition = session->acceptor->OperationAnswered(now, number, std::move(answer));
  if (respond) {
    Carry(now, session, std::move(disposition), respond);
  }
  session->acceptor->OperationReturned(now, number);
  --busy_;
  GoOn(now, session);
  while (!line_.empty() && busy_ == 0) {
    auto next = std::move(line_.front());
    line_.pop_front();
    next(now);
  }
}

void PairServer::GoOn(Timestamp now, const SessionPointer& session) {
  const auto waiting = std::exchange(session->waiting, {});
  for (const auto& entry : waiting) {
    for (const Respond& respond : entry.second) {
      Carry(now, session, session->acceptor->TryBegin(now, entry.first), respond);
    }
  }
  while (server_.dispatches_kept && (!server_.iterative || busy_ == 0)) {
    const std::optional<engine::Deliver> ready = session->acceptor->TakeReady(now);
    if (!ready) {
      break;
    }
    Run(now, session, *ready, nullptr);
  }
  if (session->acceptor->ended()) {
    Forget(now, session);
  }
}

void PairServer::Answer(const SessionPointer& session, const Respond& respond, std::optional<engine::Respond> answer) {
  const auto& acknowledgement = answer->envelope.acknowledgement;
  if (acknowledgement && acknowledgement->id == session->acceptor->identity().sequence) {
    if (!acknowledgement->ranges.Covers(session->acknowledged)) {
      violations_.push_back("an acknowledgement of the server takes something back");
    }
    session->acknowledged = acknowledgement->ranges;
  }
  respond(std::move(answer));
}

void PairServer::Forget(Timestamp now, const SessionPointer& session) {
  const engine::AcceptorSession::Identity& identity = session->acceptor->identity();
  if (sessions_.erase(identity.sequence) == 0) {
    return;
  }
  sessions_.erase(identity.offered);
  Add(&finished_, session->acceptor->metrics());
  listener_.SessionEnded(now, identity.sequence, session->acceptor->FinalAnswer());
}

void PairServer::HandleTimeout(Timestamp now) {
  listener_.HandleTimeout(now);
  const std::map<SequenceId, SessionPointer> sessions = sessions_;
  for (const auto& entry : sessions) {
    entry.second->acceptor->HandleTimeout(now);
    GoOn(now, entry.second);
  }
}

Timestamp PairServer::NextTimeout() const {
  Timestamp next = listener_.NextTimeout();
  for (const auto& entry : sessions_) {
    next = std::min(next, entry.second->acceptor->NextTimeout());
  }
  return next;
}

}  // namespace gsoaprm::testing
