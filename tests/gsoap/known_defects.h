// What other stacks got wrong against WCF, and what attackers could do to them: none of it happens here. At the server
// spoken to by hand, and at the client answered by hand.
#pragma once

#include <gtest/gtest.h>

#include <atomic>

#include "gsoap/client_service.h"
#include "gsoap/support/raw_http.h"
#include "gsoap/support/test_client.h"
#include "gsoap/support/test_server.h"

namespace gsoaprm::testing {

class KnownDefect : public ::testing::TestWithParam<wire::RmVersion> {
 protected:
  bool is_11() const { return GetParam() == wire::RmVersion::k11; }
  RawSession Open(const TestServer& server, bool offer, wire::SoapVersion soap = wire::SoapVersion::k12) {
    RawSession session(GetParam(), offer, soap);
    session.Created(Ask(server, session.Create()));
    return session;
  }
  static wire::FaultCode FaultIn(const HttpAnswer& answer) {
    const wire::Envelope envelope = answer.Envelope();
    EXPECT_NE(envelope.fault(), nullptr) << answer.header << answer.body;
    return envelope.fault() ? envelope.fault()->code : wire::FaultCode::kOther;
  }
  static HttpAnswer Ask(const TestServer& server, const std::string& request) {
    return RawConnection(server.port()).Exchange(request);
  }
  static HttpAnswer AskAdd(const TestServer& server, const RawSession& session, std::uint64_t number) {
    return Ask(server, session.Message(number, kAddAction, AddBody(static_cast<double>(number), 0), true));
  }
  static HttpAnswer AskNote(const TestServer& server, const RawSession& session, std::uint64_t number) {
    return Ask(server, session.Message(number, kNoteAction, NoteBody(static_cast<int>(number), "x"), false));
  }
  // What asks for an acknowledgement and says nothing else.
  static wire::Envelope AckRequested(const RawSession& session) {
    wire::Envelope envelope = session.Protocol(wire::RmAction::kAckRequested);
    envelope.addressing.message_id.reset();
    envelope.ack_requested = wire::AckRequestedHeader{session.sequence()};
    return envelope;
  }
  soap_rm_options ClientOptions() const { return QuickOptions(is_11() ? SOAP_RM_11 : SOAP_RM_FEBRUARY_2005); }
  soap_rm_options NotesOptions() const {
    soap_rm_options changed = ClientOptions();
    changed.session_shape = SOAP_RM_SHAPE_ONE_WAY;
    return changed;
  }
  const soap_rm_options options = TestOptions();
  std::atomic<ClientService*> service_{nullptr};  // for its script
};

}  // namespace gsoaprm::testing
