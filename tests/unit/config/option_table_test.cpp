#include "config/option_table.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>

namespace gsoaprm::config {
namespace {

class OptionTableTest : public testing::Test {
 protected:
  OptionTableTest() { soap_rm_options_default(&options_); }

  bool Set(std::string_view name, std::string_view text, TextSyntax syntax = TextSyntax::kOurs) {
    const OptionRow* const row = FindOption(name);
    return row && SetOption(*row, name, text, syntax, &options_, &error_);
  }
  std::string Text(std::string_view name) { return OptionText(*FindOption(name), options_); }
  std::string Check(std::string_view name) {
    std::string error;
    return CheckOption(*FindOption(name), options_, &error) ? "fine" : error;
  }

  soap_rm_options options_;
  std::string error_;
};

TEST_F(OptionTableTest, HasARowForEveryMember) {
  EXPECT_EQ(Options().count, 36u);
  std::size_t covered = sizeof options_.size;
  for (const OptionRow& row : Options()) covered += row.size;
  // The callbacks with their arguments have no text; int members before 8-byte ones are followed by padding.
  const std::size_t callbacks = sizeof(soap_rm_options) - offsetof(soap_rm_options, state_changed);
  EXPECT_LE(covered + callbacks, sizeof(soap_rm_options));
  EXPECT_LT(sizeof(soap_rm_options) - covered - callbacks, 64u);
}

TEST_F(OptionTableTest, HasEachNameOnce) {
  std::set<std::string_view> names;
  for (const OptionRow& row : Options()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    if (row.wcf_name.empty() || row.wcf_name == row.name) continue;
    EXPECT_TRUE(names.insert(row.wcf_name).second) << row.name;
  }
}

TEST_F(OptionTableTest, FindsAnOptionByEitherName) {
  for (const OptionRow& row : Options()) {
    EXPECT_EQ(FindOption(row.name), &row);
    EXPECT_TRUE(row.wcf_name.empty() || FindOption(row.wcf_name) == &row) << row.name;
  }
  EXPECT_EQ(FindOption(""), nullptr);
  EXPECT_EQ(FindOption("Ordered"), nullptr);
  EXPECT_EQ(FindOption("size"), nullptr);
}

TEST_F(OptionTableTest, DefaultsAreGoodValues) {
  for (const OptionRow& row : Options()) {
    EXPECT_EQ(OptionText(row, options_), row.default_text) << row.name;
    EXPECT_EQ(Check(row.name), "fine");
  }
}

TEST_F(OptionTableTest, HasTheRangesOfTheHeader) {
  const struct {
    const char* name;
    std::int64_t minimum, maximum;
  } ranges[] = {
      {"acknowledgement_interval", 1, 2147483647},
      {"inactivity_timeout", 1, 2147483647},
      {"max_pending_channels", 1, 16384},
      {"max_retry_count", 1, 2147483647},
      {"max_transfer_window_size", 1, 4096},
      {"open_timeout", 1, 2147483647},
      {"send_timeout", 1, 2147483647},
      {"close_timeout", 1, 2147483647},
      {"automatic_close_timeout", 0, 2147483647},
      {"retransmission_minimum", 1, 2147483647},
      {"retransmission_maximum", 1, 2147483647},
      {"handshake_retry_interval", 1, 2147483647},
      {"max_sessions", 1, 1048576},
      {"max_sessions_per_principal", 1, 1048576},
      {"max_message_size", 1024, 2147483647},
      {"read_timeout", 1, 2147483647},
      {"session_memory", 65536, 2147483647},
      {"total_memory", 65536, 1099511627776},
      {"max_connections", 1, 256},
  };
  for (const auto& range : ranges) {
    EXPECT_EQ(FindOption(range.name)->minimum, range.minimum) << range.name;
    EXPECT_EQ(FindOption(range.name)->maximum, range.maximum) << range.name;
  }
}

TEST_F(OptionTableTest, SetsANumberAtBothEndsOfItsRangeAndRefusesBeyond) {
  for (const OptionRow& row : Options()) {
    if (row.type != OptionType::kDuration && row.type != OptionType::kInteger && row.type != OptionType::kBytes)
      continue;
    for (const std::int64_t value : {row.minimum, row.minimum + 1, row.maximum - 1, row.maximum}) {
      EXPECT_TRUE(Set(row.name, std::to_string(value))) << row.name << error_;
      EXPECT_EQ(Text(row.name), std::to_string(value));
      EXPECT_EQ(Check(row.name), "fine");
    }
    for (const std::int64_t value : {row.minimum - 1, row.maximum + 1}) {
      EXPECT_FALSE(Set(row.name, std::to_string(value))) << row.name << value;
      EXPECT_EQ(Text(row.name), std::to_string(row.maximum)) << "changed";
      EXPECT_EQ(error_, std::string(row.name) + " must be " + OptionRange(row, TextSyntax::kOurs) + ", not '" +
                            std::to_string(value) + "'.");
    }
  }
}

TEST_F(OptionTableTest, ChecksANumberThatTheProgramHasSetBeyondItsRange) {
  options_.max_retry_count = 0;
  EXPECT_EQ(Check("max_retry_count"), "max_retry_count must be a whole number from 1 to 2147483647, not '0'.");
  options_.max_transfer_window_size = 4097;
  EXPECT_EQ(Check("max_transfer_window_size"),
            "max_transfer_window_size must be a whole number from 1 to 4096, not '4097'.");
  options_.inactivity_timeout = 2147483648;
  EXPECT_EQ(Check("inactivity_timeout"),
            "inactivity_timeout must be a time from 1 to 2147483647 ms, in milliseconds or as [d.]hh:mm:ss[.fff], not "
            "'2147483648'.");
  options_.max_message_size = SIZE_MAX;
  EXPECT_EQ(Check("max_message_size"),
            "max_message_size must be a number of bytes from 1024 to 2147483647, not '18446744073709551615'.");
  options_.ordered = 2;
  EXPECT_EQ(Check("ordered"), "ordered must be true or false, not '2'.");
  options_.session_shape = static_cast<soap_rm_session_shape>(3);
  EXPECT_EQ(Check("session_shape"), "session_shape must be learn, request-reply or one-way, not '3'.");
}

TEST_F(OptionTableTest, TakesADurationAsWcfWritesIt) {
  EXPECT_TRUE(Set("inactivity_timeout", "00:05:00"));
  EXPECT_EQ(options_.inactivity_timeout, 300000);
  EXPECT_TRUE(Set("acknowledgementInterval", "00:00:00.2500000"));
  EXPECT_EQ(options_.acknowledgement_interval, 250);
  EXPECT_TRUE(Set("openTimeout", "24.20:31:23.647"));
  EXPECT_EQ(options_.open_timeout, 2147483647);
  EXPECT_FALSE(Set("openTimeout", "24.20:31:23.648"));
  EXPECT_FALSE(Set("openTimeout", "00:00:00.0001"));
  EXPECT_EQ(options_.open_timeout, 2147483647);
}

TEST_F(OptionTableTest, TakesANumberAloneForMillisecondsButNotWhereNetTakesItForDays) {
  EXPECT_TRUE(Set("inactivityTimeout", "5000", TextSyntax::kOurs));
  EXPECT_FALSE(Set("inactivityTimeout", "5000", TextSyntax::kWcf));
  EXPECT_EQ(error_,
            "inactivityTimeout must be a time from 1 to 2147483647 ms, written [d.]hh:mm:ss[.fff], not '5000'.");
  EXPECT_EQ(options_.inactivity_timeout, 5000);
}

TEST_F(OptionTableTest, TakesBooleansInBothSpellings) {
  for (const OptionRow& row : Options()) {
    if (row.type != OptionType::kBoolean) continue;
    for (const char* const text : {"1", "true", "True"}) EXPECT_TRUE(Set(row.name, text) && Text(row.name) == "true");
    for (const char* const text : {"0", "false", "FALSE"})
      EXPECT_TRUE(Set(row.name, text) && Text(row.name) == "false");
    for (const char* const text : {"", "2", "-1", "yes", "true "}) {
      EXPECT_FALSE(Set(row.name, text));
      EXPECT_EQ(error_, std::string(row.name) + " must be true or false, not '" + text + "'.");
    }
    EXPECT_FALSE(Set(row.name, "1", TextSyntax::kWcf));
    EXPECT_TRUE(Set(row.name, "True", TextSyntax::kWcf));
  }
}

TEST_F(OptionTableTest, TakesOurNamesOfAVersionAndWcfs) {
  EXPECT_TRUE(Set("reliable_messaging_version", "1.1") && options_.reliable_messaging_version == SOAP_RM_11);
  EXPECT_TRUE(Set("reliable_messaging_version", "2005") &&
              options_.reliable_messaging_version == SOAP_RM_FEBRUARY_2005);
  EXPECT_TRUE(Set("reliableMessagingVersion", "WSReliableMessaging11"));
  EXPECT_EQ(options_.reliable_messaging_version, SOAP_RM_11);
  EXPECT_TRUE(Set("reliableMessagingVersion", "WSReliableMessagingFebruary2005"));
  EXPECT_EQ(options_.reliable_messaging_version, SOAP_RM_FEBRUARY_2005);
  EXPECT_TRUE(Set("addressing_version", "2004/08"));
  EXPECT_EQ(options_.addressing_version, SOAP_RM_ADDRESSING_AUGUST_2004);
  EXPECT_TRUE(Set("addressingVersion", "WSAddressing10") && options_.addressing_version == SOAP_RM_ADDRESSING_10);
  EXPECT_TRUE(Set("addressingVersion", "WSAddressingAugust2004"));
  EXPECT_TRUE(Set("addressing_version", "1.0") && options_.addressing_version == SOAP_RM_ADDRESSING_10);
  EXPECT_TRUE(Set("soap_version", "1.1") && options_.soap_version == SOAP_RM_SOAP_11);
  EXPECT_TRUE(Set("envelopeVersion", "Soap12") && options_.soap_version == SOAP_RM_SOAP_12);
  EXPECT_TRUE(Set("soap_version", "as-generated") && options_.soap_version == SOAP_RM_SOAP_AS_GENERATED);
}

TEST_F(OptionTableTest, TakesOnlyWcfsNamesFromAConfigurationFile) {
  EXPECT_FALSE(Set("reliableMessagingVersion", "1.1", TextSyntax::kWcf));
  EXPECT_EQ(error_,
            "reliableMessagingVersion must be WSReliableMessagingFebruary2005, WSReliableMessaging11 or Default, "
            "not '1.1'.");
}

TEST_F(OptionTableTest, TakesTheOtherChoices) {
  EXPECT_TRUE(Set("session_shape", "request-reply") && options_.session_shape == SOAP_RM_SHAPE_REQUEST_REPLY);
  EXPECT_TRUE(Set("session_shape", "one-way") && options_.session_shape == SOAP_RM_SHAPE_ONE_WAY);
  EXPECT_TRUE(Set("session_shape", "learn") && options_.session_shape == SOAP_RM_SHAPE_LEARN);
  EXPECT_TRUE(Set("concurrency_mode", "multiple") && options_.concurrency_mode == SOAP_RM_CONCURRENCY_MULTIPLE);
  EXPECT_TRUE(Set("concurrencyMode", "Single") && options_.concurrency_mode == SOAP_RM_CONCURRENCY_SINGLE);
  EXPECT_FALSE(Set("concurrencyMode", "Reentrant"));
  EXPECT_EQ(error_, "concurrencyMode must be single or multiple, not 'Reentrant'.");
}

TEST_F(OptionTableTest, TakesAViaThatIsAnHttpAddress) {
  for (const char* const text : {"http://router:8080/x", "https://router", "HTTP://router", ""}) {
    EXPECT_TRUE(Set("via", text)) << text;
    EXPECT_STREQ(options_.via, text);
  }
  for (const char* const text : {"http://", "https://", "ftp://x", "router", "http//x", "http://a b", "net.tcp://x"}) {
    EXPECT_FALSE(Set("via", text)) << text;
    EXPECT_EQ(error_, "via must be an http or https address, not '" + std::string(text) + "'.");
  }
}

TEST_F(OptionTableTest, TakesAStoreThatNamesAKindAndAPath) {
  for (const char* const text : {"sqlite:/var/lib/a.db", "sqlite:a b.db", ""}) {
    EXPECT_TRUE(Set("store", text)) << text;
    EXPECT_STREQ(options_.store, text);
  }
  for (const char* const text : {"sqlite:", "/var/lib/a.db", "SQLITE:/a.db", "memory:", "sqlite"}) {
    EXPECT_FALSE(Set("store", text)) << text;
    EXPECT_EQ(error_, "store must be sqlite: and the path of a file, not '" + std::string(text) + "'.");
  }
}

TEST_F(OptionTableTest, TakesAQuotaFromAMegabyteToATerabyte) {
  for (const char* const text : {"1048576", "1048577", "1099511627775", "1099511627776"})
    EXPECT_TRUE(Set("store_quota", text)) << text;
  for (const char* const text : {"1048575", "1099511627777", "0"}) EXPECT_FALSE(Set("store_quota", text)) << text;
}

TEST_F(OptionTableTest, TakesTextsUpToTheirMember) {
  const std::string via = "http://" + std::string(1015, 'x');
  EXPECT_TRUE(Set("via", via));
  EXPECT_TRUE(Set("via", via + "y"));
  EXPECT_EQ(std::strlen(options_.via), 1023u);
  EXPECT_FALSE(Set("via", via + "yz"));
  EXPECT_EQ(error_, "via must be at most 1023 bytes long, not 1024.");
  EXPECT_EQ(std::strlen(options_.via), 1023u);
  for (const std::size_t length : {4094u, 4095u}) EXPECT_TRUE(Set("one_way_actions", std::string(length, 'a')));
  EXPECT_FALSE(Set("one_way_actions", std::string(4096, 'a')));
  EXPECT_EQ(error_, "one_way_actions must be at most 4095 bytes long, not 4096.");
}

TEST_F(OptionTableTest, RefusesATextThatTheProgramHasLeftWithoutAnEnd) {
  std::memset(options_.one_way_actions, 'a', sizeof options_.one_way_actions);
  EXPECT_EQ(Check("one_way_actions"), "one_way_actions must be at most 4095 bytes long, not 4096.");
}

TEST_F(OptionTableTest, ShortensALongWrongValue) {
  EXPECT_FALSE(Set("ordered", std::string(101, 'x')));
  EXPECT_EQ(error_, "ordered must be true or false, not '" + std::string(100, 'x') + "...'.");
}

TEST_F(OptionTableTest, DescribesEveryOption) {
  const std::string text = DescribeOptions();
  for (const OptionRow& row : Options()) EXPECT_NE(text.find("| `" + std::string(row.name) + "` |"), std::string::npos);
  EXPECT_NE(text.find("| `max_pending_channels` | `maxPendingChannels` | 4 | a whole number from 1 to 16384 |\n"),
            std::string::npos);
  EXPECT_NE(text.find("| `session_shape` |  | learn | learn, request-reply or one-way |\n"), std::string::npos);
}

}  // namespace
}  // namespace gsoaprm::config
