#include "replay/intended_differences.h"

#include <fnmatch.h>

#include "replay/xml_tree.h"

namespace gsoaprm::replay {
namespace {

bool Matches(const char* pattern, const std::string& text) { return fnmatch(pattern, text.c_str(), 0) == 0; }

}  // namespace

const std::vector<IntendedDifference>& IntendedDifferences() {
  static const std::vector<IntendedDifference> table = {
      {"*", "*", "Body/*", Aspect::kNumberForm,
       "gSOAP writes doubles with 17 digits, .NET with the shortest that read back: the value is the same."},
      {"*", "*", "Header/Action@mustUnderstand", Aspect::kMissing,
       "WS-Addressing leaves mustUnderstand to the sender; on messages of the application it would only cost bytes."},
      {"*", "*", "Header/To@mustUnderstand", Aspect::kMissing, "The same."},
      {"client/*", "*", "Header/ReplyTo", Aspect::kMissing,
       "Absent means anonymous in WS-Addressing 1.0; ours says it only until it knows that the operation answers."},
      {"*", "fault", "Body/Fault/Reason/Text", Aspect::kText,
       "Our faults say in our own words what was wrong; code and detail are WCF's."},
      {"*", "fault", "Body/Fault/Reason/Text@lang", Aspect::kText,
       "Our reasons are English and say so; WCF writes an empty language."},
      {"server/*/ow-*", "SequenceAcknowledgement", "Header/SequenceAcknowledgement/BufferRemaining", Aspect::kText,
       "WCF counts the message just taken as buffered until a thread of the service fetches it; here it is at work."},
      {"server/*/peer-202-empty-oneway*", "SequenceAcknowledgement", "Header/SequenceAcknowledgement/BufferRemaining",
       Aspect::kText, "The same."},
      {"server/*/rr-duplicate-concurrent", "SlowAddResponse", "HTTP/repeated", Aspect::kAnswer,
       "A copy of a running request gets an empty 202 at once instead of a thread that waits; the first exchange "
       "brings the reply, or else the next copy."},
      {"server/*/rr-slow-8s", "SlowAddResponse", "HTTP/repeated", Aspect::kAnswer, "The same."},
      {"server/*/addressing04", "-", "HTTP/answer", Aspect::kAnswer,
       "With WS-Addressing 2004/08 the recorded service breaks the connection of its first reply, a defect; we reply."},
      {"server/*/addressing04", "fault", "*", Aspect::kStatus, "The same: a copy of the request gets the reply."},
      {"server/*/addressing04", "fault", "Header/Action", Aspect::kText, "The same."},
      {"server/*/addressing04", "fault", "Header/*", Aspect::kExtra, "The same."},
      {"server/*/addressing04", "fault", "Body/Fault", Aspect::kName, "The same."},
      {"server/*/ow-slow-flow-control", "CloseSequenceResponse", "Header/SequenceAcknowledgement/BufferRemaining",
       Aspect::kText, "WCF still had the last message buffered; our operations do not wait here."},
      {"server/*/ow-slow-flow-control", "-", "executions", Aspect::kText,
       "The recording ends before the last operation does."},
      {"server/*/ow-slow-flow-control", "fault", "HTTP/*", Aspect::kStatus,
       "WCF had forgotten the sequence before TerminateSequence came; we had not."},
      {"server/rm10/ow-slow-flow-control", "fault", "HTTP/body", Aspect::kEntity, "The same."},
      {"server/rm11/ow-slow-flow-control", "fault", "Header/*", Aspect::kText, "The same."},
      {"server/rm11/ow-slow-flow-control", "fault", "Header/*", Aspect::kExtra, "The same."},
      {"server/rm11/ow-slow-flow-control", "fault", "Body/Fault", Aspect::kName, "The same."},
      {"server/*/rr-send-timeout", "-", "HTTP/answer", Aspect::kAnswer,
       "WCF resets the connections of a session that its client gave up; we end the exchanges with an empty 202."},
      {"server/*/rr-send-timeout", "-", "executions", Aspect::kText,
       "The recording ends before the operation of 15 s does."},
      {"server/*/two-acks", "-", "HTTP/answer", Aspect::kAnswer,
       "WCF resets the connection on which a client reports that it could not read an answer; we say 202."},
      {"server/*/terminate-response-lost", "fault", "*", Aspect::kStatus,
       "A repeated TerminateSequence is answered as the first time; WCF has forgotten the sequence, which its client "
       "takes as well."},
      {"server/*/terminate-response-lost", "fault", "Header/Action", Aspect::kText, "The same."},
      {"server/*/terminate-response-lost", "fault", "Header/RelatesTo", Aspect::kMissing, "The same (2005)."},
      {"server/*/terminate-response-lost", "fault", "Header/SequenceAcknowledgement", Aspect::kExtra, "The same."},
      {"server/*/terminate-response-lost", "fault", "Body/Fault", Aspect::kName, "The same."},
      {"client/*/accept-other-address", "fault", "Body/Fault/Detail/Identifier", Aspect::kIdentifier,
       "We name our own offered sequence, WCF the service's: the service knows the session by either."},
      {"client/*/ack-anonymous-accept", "fault", "Body/Fault/Detail/Identifier", Aspect::kIdentifier, "The same."},
      {"client/*/final-too-early", "fault", "Body/Fault/Detail/Identifier", Aspect::kIdentifier, "The same."},
      {"client/rm10/peer-400", "Add", "Header/SequenceAcknowledgement", Aspect::kExtra,
       "Where its call had failed already, WCF did not read the late reply before the next call; we acknowledge it."},
      {"client/*/reply-without-ack", "fault", "Body/Fault/Code/Value", Aspect::kText,
       "A reply on its own exchange needs no acknowledgement besides: the call succeeds, where WCF ends the session "
       "as the service's fault; then the test aborts it."},
      {"client/*/two-acks", "fault", "*", Aspect::kText,
       "What the service says is unreadable ends the session; WCF tells so by MustUnderstand, we by "
       "SequenceTerminated."},
      {"client/*/two-acks", "fault", "*", Aspect::kMissing, "The same."},
      {"client/*/two-acks", "fault", "*", Aspect::kExtra, "The same."},
      {"client/rm11/*idle-inactivity-10s", "AckRequested", "HTTP/request", Aspect::kMissing,
       "WCF sends a poll that was due when the session is closed already."},
  };
  return table;
}

std::optional<std::size_t> FindIntended(const std::string& scenario, const std::string& action,
                                        const Difference& difference) {
  const auto& table = IntendedDifferences();
  for (std::size_t i = 0; i < table.size(); i++) {
    if (table[i].aspect == difference.aspect && Matches(table[i].scenario, scenario) &&
        Matches(table[i].action, action) && Matches(table[i].path, difference.path))
      return i;
  }
  return std::nullopt;
}

std::string ShortAction(const HttpMessage& message) {
  const auto envelope = ParseXml(message.body);
  const Element* const header = envelope ? envelope->Child("Header") : nullptr;
  const Element* const action = header ? header->Child("Action") : nullptr;
  if (!action) return "-";
  return action->text.substr(action->text.rfind('/') + 1);
}

std::vector<std::string> Unintended(const std::string& scenario, const HttpMessage& captured, const std::string& where,
                                    const std::vector<Difference>& differences, std::vector<bool>* applied) {
  std::vector<std::string> failures;
  const std::string action = ShortAction(captured);
  applied->resize(IntendedDifferences().size());
  for (const Difference& difference : differences) {
    if (const auto entry = FindIntended(scenario, action, difference)) {
      (*applied)[*entry] = true;
    } else {
      failures.push_back(where + " " + action + ": " + ToString(difference));
    }
  }
  return failures;
}

}  // namespace gsoaprm::replay
