// What of a session survives its process: plain data, and the changes that take a store from one state to the next.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/message_ranges.h"
#include "base/types.h"
#include "wire/payload.h"
#include "wire/protocol_version.h"

namespace gsoaprm::engine {

// ---- the server's half of a session
// -----------------------------------------------------------------------------------

struct AcceptorIdentity {
  SequenceId sequence;
  SequenceId offered;   // empty: one-way session
  Principal principal;  // who created it
  wire::Protocol protocol;
  Uri to;       // wsa:To of the CreateSequence
  Uri acks_to;  // where acknowledgements are posted to; empty: they come on the responses of the client's exchanges
};

// What its messages change.
struct AcceptorState {
  MessageRanges acknowledged;         // what the client may be told, or has been
  MessageNumber highest;              // seen
  std::optional<MessageNumber> last;  // announced as the last one
  bool closed = false;
  MessageNumber last_reply;  // the last number given to a reply

  // Whether a message came that counts.
  bool used() const { return !acknowledged.empty() || last || closed; }
};

// A message that was acknowledged before its operation was done: it is here, and must not get lost.
struct ReceivedMessage {
  MessageNumber number;
  bool begun = false;  // delivery at most once: its operation was started, and has not answered
  bool one_way = false;
  wire::PayloadPointer payload;
  std::string action;
  std::optional<MessageId> message_id;
};

struct KeptReply {
  MessageNumber number;          // in the offered sequence
  wire::PayloadPointer payload;  // null: the reply sequence's LastMessage (2005)
  std::string action;
  std::optional<MessageId> relates_to;
  int http_status = 200;
  bool last_message = false;
};

struct SequenceCreated {
  AcceptorIdentity identity;
  MessageId create_message_id;
  std::optional<std::string> expires;
};
struct SequenceAdvanced {
  SequenceId sequence;
  AcceptorState state;
};
// Its replies go. `final_answer` is the whole message that answers repeats of what ended it; empty: none.
struct SequenceEnded {
  SequenceId sequence;
  std::string final_answer;
};
// Everything of it goes.
struct SequenceForgotten {
  SequenceId sequence;
};
// Inserts or replaces.
struct MessageTaken {
  SequenceId sequence;
  ReceivedMessage message;
};
struct MessageDone {
  SequenceId sequence;
  MessageNumber number;
};
// Becomes a dead letter: nobody will run it.
struct MessageBuried {
  SequenceId sequence;
  MessageNumber number;
  std::string reason;
};
struct ReplyKept {
  SequenceId sequence;
  MessageNumber request;
  KeptReply reply;
};
struct ReplyReleased {
  SequenceId sequence;
  MessageNumber request;
};

// ---- the client's half
// ------------------------------------------------------------------------------------------------

// A message of the client in its store; rises with the order of the calls.
using OutgoingId = std::int64_t;

struct OutgoingRecord {
  OutgoingId id = 0;
  Uri endpoint;          // wsa:To
  SequenceId sequence;   // empty: it waits outside any window
  MessageNumber number;  // in that sequence
  bool one_way = false;  // nobody waits for a reply
  wire::PayloadPointer payload;
  std::string action;
  std::optional<MessageId> message_id;
};

struct InitiatorRecord {
  SequenceId sequence;
  SequenceId offered;  // empty: one-way session
  Uri endpoint;        // wsa:To
  wire::Protocol protocol;
  MessageNumber newest;        // the last number given out
  MessageRanges acknowledged;  // by the service
  MessageRanges replies;       // that have come, and are or will be acknowledged
};

// Inserts or replaces.
struct InitiatorAdvanced {
  InitiatorRecord record;
};
// Its messages must have gone before.
struct InitiatorEnded {
  SequenceId sequence;
};
// Inserts or replaces; with a sequence it has a number for good.
struct OutgoingPut {
  OutgoingRecord message;
};
struct OutgoingAssigned {
  OutgoingId id;
  SequenceId sequence;  // empty: it waits again, since it certainly was not sent
  MessageNumber number;
};
struct OutgoingDone {
  OutgoingId id;
};
// Becomes a dead letter.
struct OutgoingBuried {
  OutgoingId id;
  std::string reason;
};

using Change = std::variant<SequenceCreated, SequenceAdvanced, SequenceEnded, SequenceForgotten, MessageTaken,
                            MessageDone, MessageBuried, ReplyKept, ReplyReleased, InitiatorAdvanced, InitiatorEnded,
                            OutgoingPut, OutgoingAssigned, OutgoingDone, OutgoingBuried>;
using Changes = std::vector<Change>;

// ---- what a store gives back after a restart
// ---------------------------------------------------------------------------

struct RecoveredAcceptor {
  SequenceCreated created;
  AcceptorState state;
  bool ended = false;  // a tombstone: answers repeats of what ended it
  std::string final_answer;
  std::vector<ReceivedMessage> messages;  // by number
  struct Reply {
    MessageNumber request;
    KeptReply reply;
  };
  std::vector<Reply> replies;  // by request
};

struct RecoveredInitiator {
  InitiatorRecord record;
  std::vector<OutgoingRecord> messages;  // with a number, in its order; those that wait are asked for later
};

}  // namespace gsoaprm::engine
