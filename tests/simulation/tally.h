// What the seeds have seen, and how their calls ended.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace gsoaprm::simulation {

enum class Event {
  kRequestLoss,
  kResponseLoss,
  kDuplication,
  kReplay,
  kStranger,  // a replay by somebody who does not own the session
  kReordering,
  kRefusedCorruption,   // by the reader
  kDetectedCorruption,  // by the digest of the transport
  kBlackHole,
  kMixingUp,
  kClockSkew,
  kRetransmission,
  kCollection,
  kSuppressedDuplicate,
  kRepeatedReply,
  kEarlyKept,
  kDropped,  // by a receiver without room
  kKeepAlive,
  kOperationFault,
  kVanishedClient,
  kAbortedSession,
  kSessionDied,
  kServerRestart,
  kClientRestart,
  kCrashAtCommit,
  kFailedCommit,
  kStalledStore,
  kFullStore,
  kRunAgain,
  kDeadLetter,
  kCount
};

inline const char* Name(Event event) {
  static constexpr const char* kNames[] = {"requests lost",
                                           "responses lost",
                                           "duplication",
                                           "replay",
                                           "replay by a stranger",
                                           "reordering",
                                           "corruption refused by the reader",
                                           "corruption found by the digest",
                                           "black hole",
                                           "replies mixed up",
                                           "clock skew",
                                           "a retransmission",
                                           "a reply collected",
                                           "a duplicate suppressed",
                                           "a reply repeated",
                                           "an early message kept",
                                           "a message dropped for want of room",
                                           "a keep-alive",
                                           "a fault of an operation",
                                           "a client that vanished",
                                           "an aborted session",
                                           "a session that died",
                                           "a restart of the server",
                                           "a restart of the client",
                                           "a crash beside a commit",
                                           "a commit that failed",
                                           "a store that stalled",
                                           "a full store",
                                           "an operation that a crash had cut short run again",
                                           "a dead letter"};
  static_assert(sizeof kNames / sizeof kNames[0] == static_cast<std::size_t>(Event::kCount), "a name is missing");
  return kNames[static_cast<std::size_t>(event)];
}

// Jepsen's verdict over the unique payloads of a run. Only recovered ones may be.
struct Verdict {
  std::uint64_t lost = 0;        // called executed and never run
  std::uint64_t duplicated = 0;  // run more than once
  std::uint64_t unexpected = 0;  // run although certainly not sent, or run with another content
  std::uint64_t recovered = 0;   // run, although the caller was told that its fate is not known
};

// Of one run: how often. Of many: how many runs had it at all.
struct Tally {
  std::array<std::uint64_t, static_cast<std::size_t>(Event::kCount)> events{};
  std::uint64_t messages = 0;
  std::uint64_t sessions = 0;
  std::uint64_t transmissions = 0;
  Verdict verdict;

  std::uint64_t& operator[](Event event) { return events[static_cast<std::size_t>(event)]; }
  std::uint64_t operator[](Event event) const { return events[static_cast<std::size_t>(event)]; }
};

}  // namespace gsoaprm::simulation
