// Which fault a message gets that cannot be read.
#include "engine/unreadable.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/engine/acceptor_client.h"

namespace gsoaprm::acceptor_testing {
namespace {

using wire::ReadError;

wire::ReadResult Result(ReadError error, wire::RmVersion version = wire::RmVersion::k11) {
  wire::ReadResult result;
  result.error = error;
  result.reason = "The element Sequence is wrong.";
  result.element = "Sequence";
  result.envelope.protocol.rm = version;
  return result;
}

std::string CodeOf(const wire::ReadResult& result) { return wire::Name(engine::UnreadableFault(result).code); }

TEST(Unreadable, IsARefusalOfCreateSequenceAndTheEndOfOtherSequences) {
  wire::ReadResult result = Result(ReadError::kInvalidRm);
  EXPECT_EQ(CodeOf(result), "SequenceTerminated");
  result.envelope.rm_action = wire::RmAction::kCreateSequence;
  EXPECT_EQ(CodeOf(result), "CreateSequenceRefused");
  EXPECT_EQ(engine::UnreadableFault(result).reason, "The element Sequence is wrong.");
}

TEST(Unreadable, NamesTheSequenceAsFarAsItWasRead) {
  wire::ReadResult result = Result(ReadError::kInvalidRm);
  EXPECT_FALSE(engine::UnreadableFault(result).id);
  result.envelope.sequence = wire::SequenceHeader();
  EXPECT_FALSE(engine::UnreadableFault(result).id);
  result.envelope.sequence->id = SequenceId("urn:s");
  EXPECT_EQ(engine::UnreadableFault(result).id, SequenceId("urn:s"));
  result.error = ReadError::kDuplicateHeader;
  EXPECT_FALSE(engine::UnreadableFault(result).id);
}

TEST(Unreadable, NamesTheBlockThatStandsTwiceInTheNamespaceOfItsVersion) {
  EXPECT_EQ(engine::UnreadableFault(Result(ReadError::kDuplicateHeader)).problem_header,
            "{http://docs.oasis-open.org/ws-rx/wsrm/200702}Sequence");
  EXPECT_EQ(engine::UnreadableFault(Result(ReadError::kDuplicateHeader, wire::RmVersion::kFebruary2005)).problem_header,
            "{http://schemas.xmlsoap.org/ws/2005/02/rm}Sequence");
}

TEST(Unreadable, TellsTheMaximumOfMessageNumbers) {
  EXPECT_EQ(engine::UnreadableFault(Result(ReadError::kNumberRollover)).max_message_number,
            MessageNumber(9223372036854775807ULL));
}

TEST(Unreadable, IsABadRequestOnlyWhereItMayHaveBeenDamaged) {
  for (const ReadError error : {ReadError::kInvalidRm, ReadError::kDuplicateHeader, ReadError::kNumberRollover,
                                ReadError::kLimitExceeded, ReadError::kMixedVersions, ReadError::kMalformed}) {
    const wire::ReadResult result = Result(error);
    EXPECT_EQ(engine::UnreadableResponse(result, engine::UnreadableFault(result)).http_status,
              error == ReadError::kMalformed ? 400 : 500);
  }
}

}  // namespace
}  // namespace gsoaprm::acceptor_testing
