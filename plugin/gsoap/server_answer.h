// Writing what the session decided: our own protocol messages, and the application's replies with their header blocks.
#pragma once

#include "engine/acceptor_session.h"
#include "gsoap/context.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::binding {

// The fform handler: writes exchange.answer as the response of the request that has just been parsed.
int WriteAnswer(struct soap* soap);

// Posts what goes to an address of the client; what is left is for the exchange.
engine::Disposition PostElsewhere(Context& context, engine::Disposition disposition);

// Puts `message` in the place of what gSOAP has stored and calls the previous fresponse with it.
int WriteStored(Context& context, int http_status, const wire::WrittenMessage& message);

// The operation of this message is about to run: with delivery exactly once, in a transaction. False: none can be had,
// and the message is as if it had not come.
bool BeginOperation(Context& context, MessageNumber number);

// Waits until the answer that was deferred may be seen.
void AwaitDeferredAnswer(Context& context);

// Tells the session, and the trace, that the context's operation has answered or returned.
engine::Disposition AnswerOperation(Context& context, engine::OperationAnswer answer);
void ReturnOperation(Context& context);

// The application's reply of an operation, or its empty response.
int WriteOperationAnswer(Context& context, int status, ULONG64 count);

// From fdisconnect: an operation that has returned without any response (a one-way stub that just returns, or a fault
// that gSOAP would not write because the connection was gone). Gives the session its answer all the same.
void CompleteUnanswered(Context& context);

}  // namespace gsoaprm::binding
