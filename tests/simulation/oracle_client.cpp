// What the oracle demands of the client.
#include <algorithm>
#include <iterator>

#include "tests/simulation/oracle.h"
#include "tests/support/pair_server.h"
#include "wire/describe.h"

namespace gsoaprm::simulation {
namespace {

using engine::SessionState;

// From the heal on, for what was lost before it to show: the longest wait between two sendings.
constexpr Duration kGrace = Duration::Seconds(70);

// How sessions may die in a bad network. Everything else is somebody's violation of the protocol.
constexpr const char* kHonestDeaths[] = {"MaxRetryCount",     "SendTimeout",     "OpenTimeout",       "CloseTimeout",
                                         "InactivityTimeout", "UnknownSequence", "SequenceTerminated"};

}  // namespace

std::size_t Oracle::SessionBegins() {
  sources_.emplace_back();
  sources_.back().begun = world_.now;
  ++tally_.sessions;
  return sources_.size() - 1;
}

void Oracle::CallTaken(std::size_t session, int call, MessageNumber number) {
  Source& source = sources_[session];
  Check(source.call_of.emplace(number, call).second, "S10, a number was given out twice");
  const std::string text = TextOfCall(calls_[static_cast<std::size_t>(call) - 1]);
  Check(source.texts.emplace(number, text).first->second == text, "S11, not the content that was given", text);
  ++tally_.messages;
}

void Oracle::ClientSends(std::size_t session, const engine::Transmit& transmit) {
  Source& source = sources_[session];
  const wire::Envelope& message = transmit.envelope;
  trace_.Sent(world_.now, message);
  // What was decided in the same moment may still leave.
  const bool ended = source.ended && *source.ended < world_.now;
  Check(!ended || message.fault(), "L5, a session that has ended goes on sending", wire::Describe(message));
  if (const auto* create = std::get_if<wire::CreateSequence>(&message.body)) {
    const SequenceId offered = create->offer ? create->offer->id : SequenceId();
    Check(!source.create || (source.create == message.addressing.message_id && source.offered == offered),
          "S18, CreateSequence was repeated with another MessageID or Offer");
    source.create = message.addressing.message_id;
    source.offered = offered;
  }
  if (message.sequence) CheckNumber(&source, message);
  if (message.acknowledgement) CheckClientAcknowledgement(&source, message);
  if (source.idle) {
    ++source.sent_while_idle;
    Check(message.ack_requested && !message.sequence, "L5, more than keep-alives of an idle session",
          wire::Describe(message));
  }
  if (transmit.retransmission) ++tally_[Event::kRetransmission];
}

void Oracle::CheckNumber(Source* source, const wire::Envelope& message) {
  const std::string about = wire::Describe(message);
  const MessageNumber number = message.sequence->number;
  const std::string text = message.payload() ? testing::TextOf(**message.payload()) : "last";
  Check(message.sequence->id == source->created, "a message of another sequence", about);
  if (client_disk_) CheckNumberOnDisk(source, message);
  if (number > source->highest_sent) NoteFirstSending(source, message);
  const auto known = source->texts.emplace(number, text).first;
  Check(known->second == text, "S11, a number was sent with another content", about + ", " + text);
}

void Oracle::NoteFirstSending(Source* source, const wire::Envelope& message) {
  const std::string about = wire::Describe(message);
  const MessageNumber number = message.sequence->number;
  // What a store does not take is sent later.
  Check(client_disk_ || number == source->highest_sent.next(), "S10, a number was left out", about);
  source->highest_sent = number;
  source->outstanding.insert(number);
  if (message.addressing.message_id) source->number_of[*message.addressing.message_id] = number;
  const auto window = static_cast<std::size_t>(parameters_.client_options.max_transfer_window_size);
  Check(source->outstanding.size() <= window, "S12, more under way than the window allows", about);
}

void Oracle::CheckClientAcknowledgement(Source* source, const wire::Envelope& message) {
  const wire::AcknowledgementHeader& header = *message.acknowledgement;
  const std::string about = wire::Describe(message);
  Check(!source->offered.empty() && header.id == source->offered, "an acknowledgement of another sequence", about);
  Check(source->replies.Covers(header.ranges), "S3, a reply was acknowledged that never came", about);
  if (client_disk_) {
    CheckRepliesOnDisk(source, header);
  } else {
    Check(header.ranges.Covers(source->told), "S6, an acknowledgement was taken back", about);
    source->told = header.ranges;
  }
  const bool at_the_end = std::holds_alternative<wire::CloseSequence>(message.body) ||
                          std::holds_alternative<wire::TerminateSequence>(message.body);
  const bool may_be_final = at_the_end && parameters_.client_options.protocol.rm == wire::RmVersion::k11;
  Check(!header.final || may_be_final, "Final too early", about);
}

void Oracle::ClientReceives(std::size_t session, const engine::ExchangeResult& result) {
  if (result.kind != engine::ExchangeResult::Kind::kEnvelope) return;
  Source& source = sources_[session];
  const wire::Envelope& message = result.envelope;
  if (const auto* created = std::get_if<wire::CreateSequenceResponse>(&message.body)) {
    if (source.created.empty()) source.created = created->id;
  }
  if (message.acknowledgement && message.acknowledgement->id == source.created) {
    for (const MessageRange& range : message.acknowledgement->ranges.ranges()) {
      source.acknowledged.InsertRange(range.lower, range.upper);
      // A two-way message is under way until its reply is there.
      for (auto it = source.outstanding.lower_bound(range.lower);
           it != source.outstanding.end() && *it <= range.upper;) {
        const auto call = source.call_of.find(*it);
        const bool waits = !source.resumed && call != source.call_of.end() &&
                           calls_[static_cast<std::size_t>(call->second) - 1].two_way;
        it = waits ? std::next(it) : source.outstanding.erase(it);
      }
    }
  }
  if (message.sequence && message.sequence->id == source.offered) {
    source.replies.Insert(message.sequence->number);
    const auto request =
        message.addressing.relates_to ? source.number_of.find(*message.addressing.relates_to) : source.number_of.end();
    if (request != source.number_of.end()) source.outstanding.erase(request->second);
  }
}

void Oracle::CallEnds(std::size_t session, int call_id, const engine::CompleteCall& end) {
  using Kind = engine::CompleteCall::Kind;
  Source& source = sources_[session];
  Call& call = calls_[static_cast<std::size_t>(call_id) - 1];
  source.outstanding.erase(end.number);
  const auto taken = source.call_of.find(end.number);
  Check(taken != source.call_of.end() && taken->second == call_id, "S9, the end of another call");
  switch (end.kind) {
    case Kind::kReply:
      CheckReplyOfCall(source, call, end);
      break;
    case Kind::kAcknowledged:
      Check(source.acknowledged.Contains(end.number), "S5, released and never acknowledged", TextOfCall(call));
      Check(!call.two_way, "L2, a request ended without its reply", TextOfCall(call));
      break;
    case Kind::kFailed:
      if (end.outcome == Outcome::kUnknown) source.uncertain.insert(end.number);
      break;
  }
  call.result = end;
}

void Oracle::CheckReplyOfCall(const Source& source, const Call& call, const engine::CompleteCall& end) {
  const std::string about = TextOfCall(call);
  if (IsAnswerOfCrash(call, end)) return;
  const std::string text = end.reply ? testing::TextOf(*end.reply) : "nothing";
  const std::string id = std::to_string(call.id);
  Check(call.two_way && (text == "reply " + id || text == "fault " + id), "S9, another's reply",
        about + " got " + text);
  const bool has_run = server_disk_ ? call.executions > 0 : call.executions == 1;
  Check(call.returned && has_run, "S9, a reply of an operation that has not answered", about);
  Check(!source.offered.empty(), "a reply in a session without an Offer", about);
}

bool Oracle::MustLive(const Source& source) const {
  return parameters_.patient || (!world_.chaos() && source.begun >= world_.heal + kGrace);
}

void Oracle::ClientChanges(std::size_t session, const engine::StateChanged& change) {
  Source& source = sources_[session];
  if (change.state == SessionState::kClosed || change.state == SessionState::kFaulted) source.ended = world_.now;
  trace_.Note(world_.now, std::string("session ") + std::to_string(session + 1) + " is " + engine::Name(change.state) +
                              (change.reason.ok() ? "" : ": " + change.reason.code + ", " + change.reason.reason));
  if (change.state == SessionState::kFaulted) {
    ++tally_[Event::kSessionDied];
    source.fault = change;
    CheckDeath(source, change.reason);
  }
  if (change.state == SessionState::kClosed && change.reason.ok()) CheckGoodEnd(source);
}

void Oracle::CheckDeath(const Source& source, const Status& reason) {
  const std::string about = reason.code + ", " + reason.reason;
  if (IsRefusedByStore(source, reason)) return;
  Check(!MustLive(source), "L3, a session died that had no reason to", about);
  // A durable session dies of nothing but its peer, once it is open.
  const bool for_ever = client_disk_ && !source.left;
  const bool impatient = reason.code == "MaxRetryCount" || reason.code == "SendTimeout" ||
                         reason.code == "OpenTimeout" || reason.code == "InactivityTimeout";
  Check(!for_ever || !impatient, "a durable session has lost its patience", about);
  const bool honest = std::any_of(std::begin(kHonestDeaths), std::end(kHonestDeaths),
                                  [&](const char* code) { return reason.code == code; });
  Check(honest, "a session died of a violation of the protocol", about);
}

// S14: all numbers have run, and the replies have come.
void Oracle::CheckGoodEnd(const Source& source) {
  if (source.created.empty()) return;
  NoteDeadLetters();
  const Destination* destination = FindDestination(source.created);
  if (!destination) {
    Broken("S14, closed in order a sequence that was never made");
    return;
  }
  for (const auto& entry : source.call_of) {
    Check(destination->started.Contains(entry.first), "S14, closed in order before everything has run");
  }
}

void Oracle::ClientLeaves(std::size_t session) { sources_[session].left = true; }

void Oracle::IdleBegins(std::size_t session) {
  sources_[session].idle = true;
  sources_[session].sent_while_idle = 0;
}

void Oracle::IdleEnds(std::size_t session, Duration idle) {
  Source& source = sources_[session];
  if (!source.idle) return;
  source.idle = false;
  // The first after half the inactivity time-out, and further ones likewise, as each is answered.
  const Duration half = parameters_.client_options.inactivity_timeout / 2;
  const auto most = static_cast<std::uint64_t>(idle.microseconds() * 11 / 10 / half.microseconds()) + 1;
  Check(source.sent_while_idle <= most, "L5, too many keep-alives", std::to_string(source.sent_while_idle));
}

}  // namespace gsoaprm::simulation
