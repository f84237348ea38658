// The messages that a server's session sends, each on the response of an exchange of the client.
#pragma once

#include <optional>
#include <string>

#include "engine/acceptor_session.h"
#include "engine/rmd/reply_cache.h"

namespace gsoaprm::engine {

// An acknowledgement alone: no Sequence, no RelatesTo, no To, as WCF writes it.
Respond AcknowledgementAlone(const wire::Protocol& protocol, wire::AcknowledgementHeader acknowledgement);
// A reply, or the LastMessage of the replies (2005), with the acknowledgement as it is now.
Respond ReplyResponse(const AcceptorSession::Identity& identity, const KeptReply& reply,
                      wire::AcknowledgementHeader acknowledgement);
// CloseSequenceResponse and TerminateSequenceResponse (1.1).
Respond CloseResponse(const wire::Envelope& request, const SequenceId& sequence,
                      wire::AcknowledgementHeader acknowledgement);
Respond TerminateResponse(const wire::Envelope& request, const SequenceId& sequence,
                          wire::AcknowledgementHeader acknowledgement);
// 2005 answers TerminateSequence with one of its own, for the offered sequence.
Respond OwnTerminate(const AcceptorSession::Identity& identity, wire::AcknowledgementHeader acknowledgement);

// wsa:Action of the reply: what WSDL derives for an output message, or the fault action.
std::string ReplyAction(const wire::Protocol& protocol, const std::string& request_action, const wire::Payload& reply);

// The message that ended a sequence came again, or the CloseSequence before it: the answer to repeat. Empty when
// `message` is neither.
std::optional<Respond> RepeatFinalAnswer(const Respond& final_answer, const wire::Envelope& message);

// A final answer as text, for a store, and back. Empty when the text is none.
std::string FinalAnswerText(const Respond& final_answer);
std::optional<Respond> ReadFinalAnswer(const std::string& text);

}  // namespace gsoaprm::engine
