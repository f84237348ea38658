// Envelopes as text: one line each, for logs, traces and scenario scripts.
//
//   Add seq=6bcfcd#3 ack=a00cff[1-1] mid=51f0b2
//   CreateSequence offer=a00cff mid=77aa01
//   fault UnknownSequence id=6bcfcd reason="There is no sequence with this identifier here, or not any more."
//
// The line holds all that the other side's state machine looks at, so that a trace can be played again; what goes
// without saying is left out. tests/scenarios/README.md has the grammar, tests/scenarios/envelope_text.h the parser.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wire/envelope.h"

namespace gsoaprm::wire {

std::string Describe(const Envelope& envelope);

// Identifiers are shown by their last characters, which are enough to tell them apart.
inline constexpr std::size_t kShortNameLength = 6;
std::string ShortName(std::string_view identifier);
// "http://example.org/ICalculator/Add" -> "Add". Never a word that means something else in a line.
std::string ShortAction(std::string_view action);
// Text of the peer's as one word of a line, or as what stands between quotes: no line break can get in.
std::string AsWord(std::string_view text);
std::string AsQuotation(std::string_view text);

// The words for what is neither the name of an operation nor of a message of the protocol.
inline constexpr std::string_view kFaultWord = "fault";
inline constexpr std::string_view kApplicationFaultWord = "application-fault";
// The To of a CreateSequence that does not say another one.
inline constexpr std::string_view kUnsaidAddress = "http://example.test/service";
// IncompleteSequenceBehavior of a handshake of 1.1 that does not say another one: what WCF writes in ordered sessions.
inline constexpr std::string_view kUnsaidBehavior = "DiscardFollowingFirstGap";

// The words of the protocol, for logs and errors.
const char* Name(FaultCode code);
const char* Name(RmAction action);

}  // namespace gsoaprm::wire
