// The faults that a server sends about a sequence, provoked over HTTP, in both versions of WS-ReliableMessaging and
// both of SOAP. Nothing runs, and the session lives or not as the fault means.
#include "gsoap/server_faults.h"

namespace gsoaprm::testing {
namespace {

class SequenceFault : public ServerFault {};
INSTANTIATE_TEST_SUITE_P(Dialects, SequenceFault, EveryDialect(), [](const auto& p) { return NameOf(p.param); });

TEST_P(SequenceFault, UnknownSequenceNamesIt) {
  Start();
  known["sequence"] = "urn:test:nobody";
  ExpectFault(Ask(Sequence("1") + AddHeader(), Add()), AboutSequence("UnknownSequence", GetParam()));
}

TEST_P(SequenceFault, SequenceTerminatedEndsASessionThatCannotBeRead) {
  Open();
  ExpectFault(Ask(AddHeader() + Sequence("0"), Add()), AboutSequence("SequenceTerminated", GetParam()));
  ExpectDead();
}

TEST_P(SequenceFault, SequenceTerminatedEndsAOneWaySessionThatAcknowledgesReplies) {
  Open(false);
  ExpectFault(Ask(Ack("1", "1") + Sequence("1") + AddHeader(), Add()), AboutSequence("SequenceTerminated", GetParam()));
  ExpectDead();
}

TEST_P(SequenceFault, SequenceTerminatedEndsASessionThatTerminatesBeforeItsMessagesAreThere) {
  Open();
  // The last one is told of, and has not come.
  const std::string last = is_11() ? "<r:LastMsgNumber>1</r:LastMsgNumber>" : "";
  if (!is_11()) {
    EXPECT_EQ(Ask(Action("LastMessage") + Sequence("2", "<r:LastMessage/>"), "").status, 202);
  }
  const std::string body =
      "<r:TerminateSequence><r:Identifier>{sequence}</r:Identifier>" + last + "</r:TerminateSequence>";
  ExpectFault(Ask(Action("TerminateSequence") + Id(), body), AboutSequence("SequenceTerminated", GetParam()));
  ExpectDead();
}

TEST_P(SequenceFault, InvalidAcknowledgementShowsItAndEndsTheSession) {
  Open();
  const std::string rest =
      "><r:Identifier>{offer}</r:Identifier><r:AcknowledgementRange Lower=\"1\" Upper=\"5\"/>"
      "</r:SequenceAcknowledgement>";
  const Expected expected =
      AboutSequence("InvalidAcknowledgement", "<r:SequenceAcknowledgement xmlns:r=\"{rm}\"" + rest,
                    "<r:SequenceAcknowledgement" + rest, GetParam());
  ExpectFault(Ask(Ack("1", "5") + Sequence("1") + AddHeader(), Add()), expected);
  ExpectDead();
}

TEST_P(SequenceFault, MessageNumberRolloverTellsTheMaximumIn11AndLeavesTheSessionAlive) {
  Open();
  const std::string maximum = "MaxMessageNumber";
  std::string detail12 = "<r:Identifier xmlns:r=\"{rm}\">{sequence}</r:Identifier>";
  std::string detail11 = "<r:Identifier>{sequence}</r:Identifier>";
  if (is_11()) {
    detail12 += "<r:MaxMessageNumber xmlns:r=\"{rm}\">9223372036854775807</r:MaxMessageNumber>";
    detail11 += "<r:MaxMessageNumber>9223372036854775807</r:MaxMessageNumber>";
  }
  ExpectFault(Ask(Sequence("9223372036854775808") + AddHeader(), Add()),
              AboutSequence("MessageNumberRollover", detail12, detail11, GetParam()));
  ExpectAlive();
}

TEST_P(SequenceFault, ANumberBehindTheEndIsLastMessageNumberExceededOrSequenceClosed) {
  Open();
  if (is_11()) {
    const std::string close = "<r:CloseSequence><r:Identifier>{sequence}</r:Identifier></r:CloseSequence>";
    EXPECT_EQ(Ask(Action("CloseSequence") + Id("urn:test:close"), close).status, 200);
  } else {
    EXPECT_EQ(Ask(Action("LastMessage") + Sequence("1", "<r:LastMessage/>"), "").status, 200);
  }
  Expected expected = AboutSequence(is_11() ? "SequenceClosed" : "LastMessageNumberExceeded", GetParam());
  if (is_11()) {
    // With the final acknowledgement, which says what the sequence holds.
    const std::string final =
        "<r:SequenceAcknowledgement><r:Identifier>{sequence}</r:Identifier><r:None/><r:Final/>"
        "<netrm:BufferRemaining xmlns:netrm=\"http://schemas.microsoft.com/ws/2006/05/rm\">8</netrm:BufferRemaining>"
        "</r:SequenceAcknowledgement>";
    expected.soap12_header = final;
    expected.soap11_header += final;
    expected.soap12_detail = "<s:Detail><r:Identifier>{sequence}</r:Identifier></s:Detail>";
  }
  ExpectFault(Ask(Sequence("2") + AddHeader(), Add()), expected);
  if (is_11()) {
    ExpectAlive();
  } else {
    ExpectDead();
  }
}

}  // namespace
}  // namespace gsoaprm::testing
