// CreateSequence and what may answer it (WS-RM 1.1 section 3.4), as WCF's client judges it.
#pragma once

#include "base/status.h"
#include "base/types.h"
#include "engine/id_source.h"
#include "engine/initiator_requests.h"
#include "engine/options.h"
#include "wire/envelope.h"

namespace gsoaprm::engine {

class Handshake {
 public:
  Handshake(const Options& options, IdSource* ids);

  bool offering() const { return !offered_.empty(); }
  const SequenceId& offered() const { return offered_; }

  // Draws the identifiers that stay the same in all copies of the request.
  void Start();
  wire::Envelope Request(const InitiatorRequests& requests) const { return requests.CreateSequence(id_, offered_); }

  struct Verdict {
    enum class Kind { kOpened, kAgainWithoutOffer, kFailed };
    Kind kind = Kind::kFailed;
    SequenceId sequence;  // kOpened, and kFailed when the peer has made one that is to be given up
    Status reason;        // kFailed, kAgainWithoutOffer
  };
  // kAgainWithoutOffer: call Start's counterpart WithoutOffer(), then Request().
  Verdict Judge(const wire::Envelope& answer, const Uri& to);
  void WithoutOffer();

 private:
  Verdict JudgeFault(const wire::Fault& fault);
  Verdict JudgeResponse(const wire::Envelope& answer, const wire::CreateSequenceResponse& response, const Uri& to);

  SessionShape shape_;
  IdSource* ids_;
  MessageId id_;
  SequenceId offered_;
  Status first_refusal_;  // of the request with an Offer, reported when the one without is refused, too
};

// Equality of the .NET class Uri as far as it matters for addresses: case of scheme and host and a default port do not
// count, and an empty path is "/".
bool SameAddress(const Uri& a, const Uri& b);

}  // namespace gsoaprm::engine
