#include "tests/simulation/oracle.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tests/support/pair_server.h"
#include "wire/describe.h"

namespace gsoaprm::simulation {
namespace {

constexpr std::size_t kMostViolations = 5;

}  // namespace

std::string TextOfCall(const Call& call) {
  return std::string(call.two_way ? "two-way " : "one-way ") + std::to_string(call.id);
}

Oracle::Oracle(const Parameters& parameters, const World* world, Tally* tally, Trace* trace)
    : parameters_(parameters), world_(*world), tally_(*tally), trace_(*trace) {}

void Oracle::Broken(const std::string& sentence) {
  if (violations_.size() >= kMostViolations) return;
  char time[40];
  std::snprintf(time, sizeof time, "at %.6f s: ", static_cast<double>(world_.now.microseconds()) / 1e6);
  violations_.push_back(time + sentence);
  trace_.Note(world_.now, "BROKEN " + sentence);
}

void Oracle::Check(bool kept, const char* promise, const std::string& about) {
  if (!kept) Broken(about.empty() ? promise : std::string(promise) + ": " + about);
}

Oracle::Destination* Oracle::FindDestination(const SequenceId& id) {
  for (const auto& destination : destinations_) {
    if (destination->id == id) return destination.get();
  }
  return nullptr;
}

Call* Oracle::FindCall(const std::string& text) {
  const std::size_t space = text.find(' ');
  const int id = space == std::string::npos ? 0 : std::atoi(text.c_str() + space);
  if (id < 1 || static_cast<std::size_t>(id) > calls_.size()) return nullptr;
  Call& call = calls_[static_cast<std::size_t>(id) - 1];
  return TextOfCall(call) == text ? &call : nullptr;
}

// ---- the server ----

void Oracle::ServerReceives(const wire::Envelope& message, const Principal& principal) {
  if (principal != Principal("client")) return;
  if (message.sequence) {
    if (Destination* destination = FindDestination(message.sequence->id)) {
      destination->arrived.Insert(message.sequence->number);
      if (message.addressing.message_id)
        destination->ids.emplace(message.sequence->number, *message.addressing.message_id);
      if (message.sequence->last_message) destination->last = message.sequence->number;
    }
  }
  if (const auto* close = std::get_if<wire::CloseSequence>(&message.body)) {
    if (Destination* destination = FindDestination(close->id)) {
      destination->close_seen = true;
      if (close->last_message_number) destination->last = close->last_message_number;
    }
  } else if (const auto* terminate = std::get_if<wire::TerminateSequence>(&message.body)) {
    if (Destination* destination = FindDestination(terminate->id)) {
      destination->close_seen = true;
      if (terminate->last_message_number) destination->last = terminate->last_message_number;
    }
  }
}

void Oracle::ServerAnswers(const wire::Envelope& request, const Principal& principal, const engine::Respond& answer,
                           bool late) {
  const wire::Envelope& envelope = answer.envelope;
  if (const auto* created = std::get_if<wire::CreateSequenceResponse>(&envelope.body))
    CheckCreated(request, principal, created->id);
  if (principal != Principal("client")) {
    // S15: to anybody but its owner a sequence does not exist.
    const bool refused = envelope.fault() || std::get_if<wire::CreateSequenceResponse>(&envelope.body);
    Check(refused, "S15, a stranger was answered", wire::Describe(envelope));
    return;
  }
  if (envelope.acknowledgement) CheckServerAcknowledgement(*envelope.acknowledgement, late);
  if (envelope.sequence) CheckReply(request, envelope);
  if (const auto* terminated = std::get_if<wire::TerminateSequenceResponse>(&envelope.body)) {
    if (Destination* destination = FindDestination(terminated->id)) destination->terminated = true;
  } else if (std::holds_alternative<wire::TerminateSequence>(envelope.body) && envelope.acknowledgement) {
    if (Destination* destination = FindDestination(envelope.acknowledgement->id)) destination->terminated = true;
  }
}

// S18: no identifier twice, and never a second sequence for one request while the first is remembered.
void Oracle::CheckCreated(const wire::Envelope& request, const Principal& principal, const SequenceId& id) {
  const std::string create = request.addressing.message_id ? request.addressing.message_id->text() : std::string();
  Destination* destination = FindDestination(id);
  const auto known = creations_.find({create, principal.text()});
  if (destination) {
    Check(known != creations_.end() && known->second.id == id, "S18, a sequence was given to two requests");
    return;
  }
  // Half of what is remembered: the clocks differ, and the first of the copies counts.
  const Duration certain = parameters_.server_options.create_memory / 2;
  Check(known == creations_.end() || known->second.time + certain < world_.now || TooManyPending(),
        "S18, a repeated CreateSequence made a second sequence");
  creations_[{create, principal.text()}] = Creation{id, world_.now};
  for (const auto& other : destinations_) Check(other->offered != id, "S18, an identifier that a client has offered");
  auto added = std::make_unique<Destination>();
  added->id = id;
  const auto* body = std::get_if<wire::CreateSequence>(&request.body);
  if (body && body->offer) added->offered = body->offer->id;
  destinations_.push_back(std::move(added));
}

// A client that is killed again and again while it opens leaves more behind than a server keeps: it forgets the oldest.
bool Oracle::TooManyPending() const {
  const auto pending = std::count_if(destinations_.begin(), destinations_.end(),
                                     [](const auto& destination) { return destination->arrived.empty(); });
  return client_disk_ && pending >= parameters_.server_options.max_pending_channels;
}

void Oracle::CheckServerAcknowledgement(const wire::AcknowledgementHeader& header, bool late) {
  Destination* destination = FindDestination(header.id);
  if (!destination) {
    Broken("an acknowledgement of a sequence that was never made");
    return;
  }
  Check(destination->arrived.Covers(header.ranges), "S3, acknowledged and never arrived");
  Check(late || header.ranges.Covers(destination->acknowledged), "S6, an acknowledgement was taken back");
  if (!late) destination->acknowledged = header.ranges;
  CheckAcknowledgementOnDisk(header);
  Check(!header.final || destination->close_seen, "Final before the sequence was closed");
  Check(!header.final || parameters_.client_options.protocol.rm == wire::RmVersion::k11, "Final in February 2005");
  Check(header.ranges.ranges().size() <= parameters_.server_options.acknowledgement_ranges, "S17, too many ranges");
  const auto window = static_cast<std::uint32_t>(parameters_.server_options.max_transfer_window_size);
  Check(!header.buffer_remaining || (*header.buffer_remaining > 0 && *header.buffer_remaining <= window),
        "S12, BufferRemaining is not between 1 and the window");
}

void Oracle::CheckReply(const wire::Envelope& request, const wire::Envelope& answer) {
  Destination* destination = request.sequence ? FindDestination(request.sequence->id) : nullptr;
  if (!destination) {
    Broken("a reply to a message without a sequence");
    return;
  }
  const MessageNumber number = request.sequence->number;
  Check(answer.sequence->id == destination->offered && !destination->offered.empty(), "a reply of another sequence");
  Check(answer.acknowledgement && answer.acknowledgement->ranges.Contains(number),
        "a reply that does not acknowledge its request", wire::Describe(answer));
  const std::string text = answer.payload() ? testing::TextOf(**answer.payload()) : "last";
  const auto known = destination->reply_of.find(number);
  if (known != destination->reply_of.end()) {
    Check(known->second.first == answer.sequence->number && known->second.second == text, "S8, a reply has changed",
          wire::Describe(answer));
  } else {
    Check(destination->reply_numbers.insert(answer.sequence->number).second,
          "S10, a number of the replies was used twice", wire::Describe(answer));
    destination->reply_of[number] = {answer.sequence->number, text};
  }
  CheckReplyOnDisk(request, answer);
  const auto id = destination->ids.find(number);
  const bool relates = id == destination->ids.end() || !answer.payload() ||
                       (answer.addressing.relates_to && *answer.addressing.relates_to == id->second);
  Check(relates, "S9, a reply relates to another request", wire::Describe(answer));
}

void Oracle::OperationBegins(const SequenceId& sequence, MessageNumber number, const std::string& text) {
  const std::string about = text + " as number " + std::to_string(number.value());
  Destination* destination = FindDestination(sequence);
  Call* const found = FindCall(text);
  if (!destination || !found) {
    Broken("what nobody has sent was run: " + about);
    return;
  }
  Call& call = *found;
  NoteDeadLetters();
  if (parameters_.exactly_once()) {
    Check(call.executions <= call.excused, "S1, an operation began whose effect is there", about);
  } else {
    NoteExecution(&call, about);
  }
  Check(destination->arrived.Contains(number), "an operation ran whose message never came", about);
  Check(!destination->terminated, "S13, an operation began after the end", about);
  Check(!destination->last || number <= *destination->last, "S13, an operation beyond the last number", about);
  if (parameters_.server_options.ordered)
    Check(number == destination->started.ContiguousFromOne().next(), "S2, an operation out of order", about);
  Check(!destination->started.Contains(number), "S1, a number ran twice", about);
  destination->started.Insert(number);
  destination->ran[number] = call.id;
  ++destination->running;
  Check(parameters_.server_options.concurrency_mode == engine::ConcurrencyMode::kMultiple || destination->running == 1,
        "two operations of a session ran at a time", about);
  for (const Source& source : sources_) {
    if (source.created != sequence) continue;
    const auto sent = source.texts.find(number);
    Check(sent != source.texts.end() && sent->second == text, "S11, not what was sent with this number", about);
  }
}

void Oracle::OperationAnswers(const std::string& text) {
  if (Call* call = FindCall(text)) call->returned = true;
}

void Oracle::OperationEnds(const SequenceId& sequence, MessageNumber) {
  if (Destination* destination = FindDestination(sequence)) --destination->running;
}

// ---- the end ----

void Oracle::Judge() {
  CollectDeadLetters();
  for (const Call& call : calls_) JudgeCall(call);
  for (const Source& source : sources_) JudgeFault(source);
}

void Oracle::JudgeCall(const Call& call) {
  using Kind = engine::CompleteCall::Kind;
  const std::string about = TextOfCall(call);
  if (client_disk_) Check(!IsMissing(call), "S4, taken and never run", about);
  if (!call.result && (call.accepted || call.interrupted)) return;
  Check(call.result.has_value(), "L1, a call was never answered for", about);
  if (!call.result) return;
  const engine::CompleteCall& end = *call.result;
  Verdict& verdict = tally_.verdict;
  const bool called_executed = end.kind != Kind::kFailed || end.outcome == Outcome::kExecuted;
  const bool reported = dead_letters_.count(about) > 0;
  if (called_executed && call.executions == 0 && !reported) {
    ++verdict.lost;
    Broken("S4, lost, called executed and never run: " + about);
  }
  if (call.executions > 1 + call.excused) ++verdict.duplicated;
  if (call.executions > 0 && end.kind == Kind::kFailed && end.outcome == Outcome::kNotSent) {
    ++verdict.unexpected;
    Broken("unexpected, run although called not sent: " + about);
  }
  if (call.executions >= 1 && end.kind == Kind::kFailed && end.outcome == Outcome::kUnknown) ++verdict.recovered;
}

// What a session that died calls unacknowledged is what its calls were told, and LastMessage has no call.
void Oracle::JudgeFault(const Source& source) {
  if (!source.fault || source.left || client_disk_) return;
  std::set<MessageNumber> named;
  for (MessageNumber number : source.fault->unacknowledged) {
    if (IsApplicationNumber(source, number)) named.insert(number);
  }
  Check(named == source.uncertain, "the unacknowledged messages of a fault are not those of the failed calls");
}

}  // namespace gsoaprm::simulation
