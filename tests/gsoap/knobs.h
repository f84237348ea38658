// Shared by the tests of options: each shows its effect, at the role that it belongs to. Those of the scenarios of WCF,
// of the client's and the server's tests are not repeated.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "gsoap/client_service.h"
#include "gsoap/support/raw_http.h"
#include "gsoap/support/test_client.h"
#include "gsoap/support/test_server.h"

namespace gsoaprm::testing::knobs {

// What a slow machine may need for a moment; the defaults of the times are longer, so that they cannot be what passed.
constexpr std::int64_t kMoment = 10000;

inline std::int64_t MillisecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
}

inline soap_rm_options ClientOptions() { return QuickOptions(SOAP_RM_11); }

inline soap_rm_options NotesOptions() {
  soap_rm_options options = ClientOptions();
  options.session_shape = SOAP_RM_SHAPE_ONE_WAY;
  return options;
}

// Does not answer requests of this kind.
inline ClientService::Script HangingAt(wire::RmAction action) {
  return [action](const ServiceRequest& request, ServiceAnswer* answer) {
    if (request.envelope.rm_action != action) return false;
    *answer = Hanging();
    return true;
  };
}

inline HttpAnswer Ask(const TestServer& server, const std::string& request) {
  return RawConnection(server.port()).Exchange(request);
}

inline RawSession Open(const TestServer& server, bool offer) {
  RawSession session(wire::RmVersion::k11, offer);
  session.Created(Ask(server, session.Create()));
  return session;
}

inline HttpAnswer AskNote(const TestServer& server, const RawSession& session, std::uint64_t number,
                          const std::string& text = "x") {
  return Ask(server, session.Message(number, kNoteAction, NoteBody(static_cast<int>(number), text), false));
}

}  // namespace gsoaprm::testing::knobs
