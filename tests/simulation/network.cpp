#include "tests/simulation/network.h"

#include <algorithm>

namespace gsoaprm::simulation {
namespace {

constexpr Duration kShortestDelay = Duration::Microseconds(500);
constexpr Duration kSoundDelay = Duration::Milliseconds(5);  // at most, in a sound network

}  // namespace

Duration Network::Delay() {
  return chance_.Between(kShortestDelay, world_.chaos() ? std::max(faults_.longest_delay, kSoundDelay) : kSoundDelay);
}

bool Network::InBlackHole() {
  if (world_.now < hole_end_ && world_.chaos()) return true;
  if (!Happens(faults_.black_hole)) return false;
  hole_end_ = world_.now + chance_.Between(Duration::Seconds(1), faults_.longest_hole);
  ++tally_[Event::kBlackHole];
  return true;
}

void Network::Lose(const ExchangePointer& exchange, const char* reason) {
  if (!exchange || !exchange->open()) return;
  trace_.Lost(world_.now, reason);
  const bool hangs = chance_.Happens(faults_.hanging);
  const Timestamp end = hangs ? std::max(world_.now, exchange->begin() + faults_.hanging_time) : world_.now + Delay();
  world_.agenda.At(end, [exchange, reason] { exchange->Break(reason); });
}

void Network::Send(const wire::Envelope& envelope, const ExchangePointer& exchange) {
  const Request request{Write(envelope), Principal(kClient), exchange, ++last_serial_};
  ++tally_.transmissions;
  Repeat(request);
  Replay();
  if (world_.chaos()) sent_.push_back(request.message);
  if (InBlackHole()) {
    Lose(exchange, "in a black hole");
  } else if (Happens(faults_.request_loss)) {
    ++tally_[Event::kRequestLoss];
    Lose(exchange, "the request was lost");
  } else {
    Carry(request);
  }
}

// As an intermediary that sends a request again: the first answer that comes is the exchange's.
void Network::Repeat(Request request) {
  if (!Happens(faults_.duplication)) return;
  ++tally_[Event::kDuplication];
  if (chance_.Happens(0.5)) request.exchange = nullptr;
  Carry(std::move(request));
}

void Network::Replay() {
  if (sent_.empty() || !Happens(faults_.replay)) return;
  const MessagePointer& message = sent_[chance_.Index(sent_.size())];
  // With a CreateSequence that has not arrived yet a stranger would get its Offer, and the client would be refused.
  const bool stranger = !message->creates && chance_.Happens(0.3);
  ++tally_[stranger ? Event::kStranger : Event::kReplay];
  Carry(Request{message, Principal(stranger ? kStranger : kClient), nullptr});
}

void Network::Carry(Request request) {
  if (Happens(faults_.corruption)) request.message = Damage(*request.message, &chance_);
  world_.In(Delay(), [this, request = std::move(request)] { Arrive(request); });
}

void Network::Arrive(const Request& request) {
  if (world_.chaos() && world_.now < hole_end_) {
    Lose(request.exchange, "in a black hole");
    return;
  }
  const Reading reading = Read(*request.message);
  if (reading.kind != Reading::Kind::kRead) {
    ++tally_[reading.kind == Reading::Kind::kRefused ? Event::kRefusedCorruption : Event::kDetectedCorruption];
    Lose(request.exchange, "the request was damaged");
    return;
  }
  NoteOrder(request);
  trace_.ToServer(world_.now, reading.envelope, request.principal);
  const bool in_session = reading.envelope.sequence || reading.envelope.ack_requested;
  server_(
      reading.envelope, request.principal,
      [this, exchange = request.exchange, in_session](const std::optional<engine::Respond>& answer) {
        Respond(exchange, answer, in_session);
      },
      [this, exchange = request.exchange] { Lose(exchange, "the server is down"); });
}

void Network::NoteOrder(const Request& request) {
  if (request.serial == 0) return;
  if (request.serial < latest_arrived_) ++tally_[Event::kReordering];
  latest_arrived_ = std::max(latest_arrived_, request.serial);
}

void Network::Respond(const ExchangePointer& exchange, const std::optional<engine::Respond>& answer, bool in_session) {
  if (!exchange || !exchange->open()) return;
  Response response;
  if (answer) response = Response{answer->http_status, Write(answer->envelope)};
  if (Happens(faults_.response_loss)) {
    ++tally_[Event::kResponseLoss];
    Lose(exchange, "the response was lost");
  } else if (!MixUp(exchange, response, in_session)) {
    CarryBack(exchange, std::move(response));
  }
}

// Only replies go astray: an acknowledgement says of no request that it answers it, so no protocol could tell. And only
// to the session's own messages: what is no answer to CreateSequence, Close or Terminate ends a session (WCF).
bool Network::MixUp(const ExchangePointer& exchange, const Response& response, bool in_session) {
  if (!response.message) return false;
  if (!response.message->is_reply)
    return in_session && !replies_.empty() && Happens(faults_.mixing_up) && Cached(exchange);
  if (held_) {
    const auto [other, reply] = *std::move(held_);
    held_.reset();
    CarryBack(other, response);
    CarryBack(exchange, reply);
    return true;
  }
  if (!Happens(faults_.mixing_up)) {
    if (world_.chaos() && faults_.mixing_up > 0) replies_.push_back(response);
    return false;
  }
  ++tally_[Event::kMixingUp];
  if (!replies_.empty() && chance_.Happens(0.5)) return Cached(exchange);
  Hold(exchange, response);
  return true;
}

// As from a cache that answers for another.
bool Network::Cached(const ExchangePointer& exchange) {
  CarryBack(exchange, replies_[chance_.Index(replies_.size())]);
  return true;
}

// Should no other reply come, it is given to its own request after all.
void Network::Hold(const ExchangePointer& exchange, const Response& response) {
  held_.emplace(exchange, response);
  world_.In(Duration::Seconds(2), [this, exchange] {
    if (!held_ || held_->first != exchange) return;
    CarryBack(exchange, held_->second);
    held_.reset();
  });
}

void Network::CarryBack(const ExchangePointer& exchange, Response response) {
  if (response.message && Happens(faults_.corruption)) response.message = Damage(*response.message, &chance_);
  world_.In(Delay(), [this, exchange, response = std::move(response)] { ArriveBack(exchange, response); });
}

void Network::ArriveBack(const ExchangePointer& exchange, const Response& response) {
  if (!exchange->open()) return;
  if (world_.chaos() && world_.now < hole_end_) {
    Lose(exchange, "in a black hole");
    return;
  }
  engine::ExchangeResult result;
  result.http_status = response.status;
  if (response.message) {
    Reading reading = Read(*response.message);
    if (reading.kind != Reading::Kind::kRead) {
      ++tally_[reading.kind == Reading::Kind::kRefused ? Event::kRefusedCorruption : Event::kDetectedCorruption];
      Lose(exchange, "the response was damaged");
      return;
    }
    result.kind = engine::ExchangeResult::Kind::kEnvelope;
    result.envelope = std::move(reading.envelope);
  }
  trace_.ToClient(world_.now, result);
  exchange->Finish(std::move(result));
}

}  // namespace gsoaprm::simulation
