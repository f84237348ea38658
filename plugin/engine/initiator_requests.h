// The messages that the initiator writes, header by header as WCF's client writes them. Acknowledgements are not put in
// here: they are stamped when the message leaves.
#pragma once

#include <optional>
#include <string>

#include "base/types.h"
#include "engine/options.h"
#include "engine/rms/retransmission_queue.h"
#include "wire/envelope.h"

namespace gsoaprm::engine {

class InitiatorRequests {
 public:
  InitiatorRequests(const Options& options, Uri to);

  const Uri& to() const { return to_; }
  Uri Anonymous() const;

  // `offer` empty: no Offer.
  wire::Envelope CreateSequence(const MessageId& id, const SequenceId& offer) const;
  wire::Envelope Message(const SequenceId& sequence, const OutstandingMessage& message) const;
  wire::Envelope AckRequested(const SequenceId& sequence) const;
  wire::Envelope Acknowledgement() const;
  // 1.1. `last` invalid: nothing was sent, and LastMsgNumber is left out.
  wire::Envelope CloseSequence(const MessageId& id, const SequenceId& sequence, MessageNumber last) const;
  // `id` absent: February 2005 without Offer.
  wire::Envelope TerminateSequence(const std::optional<MessageId>& id, const SequenceId& sequence,
                                   MessageNumber last) const;
  wire::Envelope Fault(wire::Fault fault) const;

 private:
  wire::Envelope Protocol(wire::RmAction action) const;
  // A protocol request that is answered: with WS-Addressing 1.0 WCF leaves ReplyTo out, absent meaning anonymous.
  wire::Envelope Request(wire::RmAction action, const MessageId& id) const;

  wire::Protocol protocol_;
  bool ordered_;
  Uri to_;
};

}  // namespace gsoaprm::engine
