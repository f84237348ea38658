// Ranges and protocols as columns, and what checksums tell apart.
#include <gtest/gtest.h>

#include "store/sqlite_rows.h"
#include "tests/store/samples.h"

namespace gsoaprm::testing {
namespace {

using store::Checksum;

TEST(StoreRows, RangesAreReadableText) {
  EXPECT_EQ(store::RangesText(MessageRanges()), "");
  MessageRanges ranges = UpTo(5);
  ranges.Insert(MessageNumber(7));
  EXPECT_EQ(store::RangesText(ranges), "1-5 7-7");
  EXPECT_EQ(store::ParseRanges("1-5 7-7"), ranges);
  EXPECT_EQ(store::ParseRanges(""), MessageRanges());
}

TEST(StoreRows, MoreRangesThanTheDefaultAllowsComeBack) {
  for (std::size_t count : {std::size_t{127}, std::size_t{128}, std::size_t{129}, std::size_t{4096}}) {
    MessageRanges ranges(count);
    for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(ranges.Insert(MessageNumber(2 * i + 1)));
    std::optional<MessageRanges> parsed = store::ParseRanges(store::RangesText(ranges));
    ASSERT_TRUE(parsed.has_value()) << count;
    EXPECT_EQ(*parsed, ranges);
  }
}

TEST(StoreRows, TheLargestNumberComesBack) {
  EXPECT_TRUE(store::ParseRanges("9223372036854775806-9223372036854775807").has_value());
  EXPECT_FALSE(store::ParseRanges("9223372036854775806-9223372036854775808").has_value());
  EXPECT_FALSE(store::ParseRanges("1-18446744073709551616").has_value());
}

TEST(StoreRows, TextThatIsNotCanonicalIsNoRanges) {
  for (const char* text : {" ", "1", "1-", "-1", "1-2,", "1-2 ", " 1-2", "2-1", "0-1", "1-2 3-4", "1-2 2-5", "5-6 1-2",
                           "01-2", "1-2  4-5", "a-b", "1-2x", "+1-2"}) {
    EXPECT_FALSE(store::ParseRanges(text).has_value()) << "'" << text << "'";
  }
}

TEST(StoreRows, EachProtocolHasANumber) {
  for (std::int64_t number = 0; number <= 7; ++number) {
    ASSERT_TRUE(store::ParseProtocol(number).has_value());
    EXPECT_EQ(store::ProtocolNumber(*store::ParseProtocol(number)), number);
  }
  EXPECT_FALSE(store::ParseProtocol(-1).has_value());
  EXPECT_FALSE(store::ParseProtocol(8).has_value());
}

TEST(StoreRows, AChecksumTellsWhereAValueEnds) {
  EXPECT_NE(Checksum().Add(std::string_view("ab")).Add(std::string_view("c")).value(),
            Checksum().Add(std::string_view("a")).Add(std::string_view("bc")).value());
  EXPECT_NE(Checksum().Add(std::optional<std::string>()).value(), Checksum().Add(std::string_view()).value());
  EXPECT_NE(Checksum().Add(std::int64_t{1}).value(), Checksum().Add(std::int64_t{256}).value());
  EXPECT_EQ(Checksum().Add(std::string_view()).Add(std::int64_t{1}).value(),
            Checksum().Add(std::string_view("")).Add(std::int64_t{1}).value());
}

TEST(StoreRows, EachPartOfAContentCounts) {
  auto sum = [](const wire::Payload& payload) { return store::ContentChecksum(&payload, "urn:do", std::nullopt); };
  const wire::Payload original = *SomePayload("<x/>");
  wire::Payload changed = original;
  EXPECT_EQ(sum(changed), sum(original));
  for (auto change : std::initializer_list<void (*)(wire::Payload*)>{
           [](wire::Payload* p) { p->content_type += "x"; }, [](wire::Payload* p) { p->entity += "x"; },
           [](wire::Payload* p) { ++p->insert_at; }, [](wire::Payload* p) { p->soap_prefix += "x"; },
           [](wire::Payload* p) { p->has_header = !p->has_header; },
           [](wire::Payload* p) { p->has_action = !p->has_action; },
           [](wire::Payload* p) { p->has_message_id = !p->has_message_id; },
           [](wire::Payload* p) { p->has_to = !p->has_to; },
           [](wire::Payload* p) { p->has_reply_to = !p->has_reply_to; },
           [](wire::Payload* p) { p->has_relates_to = !p->has_relates_to; },
           [](wire::Payload* p) { p->is_fault = !p->is_fault; },
           [](wire::Payload* p) { p->prefixes_free = !p->prefixes_free; }}) {
    changed = original;
    change(&changed);
    EXPECT_NE(sum(changed), sum(original));
  }
  EXPECT_NE(store::ContentChecksum(&original, "urn:do", MessageId("")), sum(original));
  EXPECT_NE(store::ContentChecksum(&original, "urn:other", std::nullopt), sum(original));
  EXPECT_NE(store::ContentChecksum(nullptr, "urn:do", std::nullopt), sum(original));
}

}  // namespace
}  // namespace gsoaprm::testing
