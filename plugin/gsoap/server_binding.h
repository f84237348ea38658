// The server's half of the binding: the hooks of a context that serves, around the session layer.
//
// A request: fparse takes the whole entity, reads its header blocks and asks the session what to do. Protocol messages
// and copies are answered at once (fform); an application message is fed to gSOAP, whose dispatch runs the operation;
// fresponse takes the reply, which the session numbers and keeps.
#pragma once

#include <stdsoap2.h>

#include <atomic>
#include <memory>

#include "gsoap/context.h"
#include "gsoap/response_posts.h"
#include "gsoap/serve_loop.h"
#include "gsoap/trace.h"
#include "session/server_sessions.h"

namespace gsoaprm::binding {

// What the contexts of a server share.
class ServerBinding {
 public:
  explicit ServerBinding(Instance* instance);

  session::ServerSessions& sessions() { return *sessions_; }
  Trace& trace() { return trace_; }
  ResponsePosts& posts() { return posts_; }
  ServeLoop loop() const { return loop_; }
  void SetLoop(ServeLoop loop) { loop_ = loop; }

 private:
  std::shared_ptr<session::ServerSessions> sessions_;
  Trace trace_;
  ResponsePosts posts_;  // ends before what it writes to
  std::atomic<ServeLoop> loop_{ServeLoop::kUnknown};
};

int ServerParse(Context& context);
int ServerParseHeader(Context& context, const char* key, const char* value);
// Not SOAP_OK: what comes next is no HTTP.
int ServerPrepareReceive(Context& context);
// The request is read, its operation is about to run.
void ServerEndReceive(Context& context);
int ServerResponse(Context& context, int status, ULONG64 count);
void ServerDisconnect(Context& context);
// Whether a line of the HTTP header that gSOAP is writing is to be left out.
bool ServerOmitsHeader(const Context& context, const char* key);
// What to write in place of `value`.
const char* ServerHeaderValue(const Context& context, const char* key, const char* value);
// The context goes: an operation that had answered has returned by now.
void ServerRelease(Context& context);
// Whether what gSOAP sends now goes nowhere (the answer of a message that runs without an exchange).
bool ServerSwallows(const Context& context);

}  // namespace gsoaprm::binding
