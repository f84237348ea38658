// The C functions as a program calls them.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include "include/soap_rm.h"

namespace gsoaprm::config {
namespace {

class OptionsApi : public testing::Test {
 protected:
  OptionsApi() { soap_rm_options_default(&options_); }

  int Set(const char* name, const char* value) {
    return soap_rm_options_set(&options_, name, value, error_, sizeof error_);
  }
  int Text(const char* text) { return soap_rm_options_text(&options_, text, "options.txt", error_, sizeof error_); }
  int Check() { return soap_rm_options_check(&options_, error_, sizeof error_); }
  bool IsAsBefore(const soap_rm_options& before) const { return std::memcmp(&before, &options_, sizeof before) == 0; }

  soap_rm_options options_;
  char error_[512] = "";
};

TEST_F(OptionsApi, DefaultsAreThoseOfTheHeader) {
  EXPECT_EQ(options_.size, sizeof(soap_rm_options));
  EXPECT_EQ(options_.reliable_messaging_version, SOAP_RM_FEBRUARY_2005);
  EXPECT_EQ(options_.addressing_version, SOAP_RM_ADDRESSING_10);
  EXPECT_EQ(options_.soap_version, SOAP_RM_SOAP_AS_GENERATED);
  EXPECT_EQ(options_.acknowledgement_interval, 200);
  EXPECT_EQ(options_.flow_control_enabled, 1);
  EXPECT_EQ(options_.inactivity_timeout, 600000);
  EXPECT_EQ(options_.max_pending_channels, 4);
  EXPECT_EQ(options_.max_retry_count, 8);
  EXPECT_EQ(options_.max_transfer_window_size, 8);
  EXPECT_EQ(options_.ordered, 1);
  EXPECT_EQ(options_.open_timeout, 60000);
  EXPECT_EQ(options_.send_timeout, 60000);
  EXPECT_EQ(options_.close_timeout, 60000);
  EXPECT_EQ(options_.automatic_close_timeout, 10000);
  EXPECT_EQ(options_.retransmission_minimum, 400);
  EXPECT_EQ(options_.retransmission_maximum, 60000);
  EXPECT_EQ(options_.handshake_retry_interval, 10000);
  EXPECT_EQ(options_.session_shape, SOAP_RM_SHAPE_LEARN);
  EXPECT_EQ(options_.concurrency_mode, SOAP_RM_CONCURRENCY_SINGLE);
  EXPECT_EQ(options_.reliable_session_required, 0);
  EXPECT_EQ(options_.reopen_after_fault, 0);
  EXPECT_EQ(options_.max_sessions, 1024);
  EXPECT_EQ(options_.max_sessions_per_principal, 64);
  EXPECT_EQ(options_.max_message_size, 4194304u);
  EXPECT_EQ(options_.read_timeout, 30000);
  EXPECT_EQ(options_.session_memory, 16777216u);
  EXPECT_EQ(options_.total_memory, 268435456u);
  EXPECT_EQ(options_.max_connections, 8);
  EXPECT_EQ(options_.compress, 0);
  EXPECT_STREQ(options_.via, "");
  EXPECT_STREQ(options_.one_way_actions, "");
  EXPECT_STREQ(options_.store, "");
  EXPECT_EQ(options_.store_quota, 1073741824u);
  EXPECT_EQ(options_.delivery_mode, SOAP_RM_AT_LEAST_ONCE);
  EXPECT_EQ(options_.after_session_loss, SOAP_RM_LOSS_DEAD_LETTER);
  EXPECT_EQ(options_.state_changed, nullptr);
  EXPECT_EQ(options_.state_changed_user, nullptr);
  EXPECT_EQ(options_.trace, nullptr);
  EXPECT_EQ(options_.trace_user, nullptr);
  EXPECT_EQ(options_.recovery, nullptr);
  EXPECT_EQ(options_.recovery_user, nullptr);
  EXPECT_EQ(Check(), 0) << error_;
}

TEST_F(OptionsApi, SetsAnOptionAndLeavesTheErrorAlone) {
  EXPECT_EQ(Set("max_retry_count", "20"), 0);
  EXPECT_EQ(options_.max_retry_count, 20);
  EXPECT_EQ(Set("maxRetryCount", "21"), 0);
  EXPECT_EQ(options_.max_retry_count, 21);
  EXPECT_STREQ(error_, "");
}

TEST_F(OptionsApi, RefusesANameThatIsNone) {
  const soap_rm_options before = options_;
  EXPECT_EQ(Set("max_retries", "20"), -1);
  EXPECT_STREQ(error_, "There is no option 'max_retries'.");
  EXPECT_EQ(Set("", "20"), -1);
  EXPECT_STREQ(error_, "There is no option ''.");
  EXPECT_TRUE(IsAsBefore(before));
}

TEST_F(OptionsApi, RefusesNullPointersWithASentence) {
  EXPECT_EQ(Set(nullptr, "1"), -1);
  EXPECT_EQ(Set("ordered", nullptr), -1);
  EXPECT_STREQ(error_, "An option needs a name and a value: a pointer is NULL.");
  EXPECT_EQ(Text(nullptr), -1);
  EXPECT_STREQ(error_, "There is no text: the pointer is NULL.");
  EXPECT_EQ(soap_rm_options_load(&options_, nullptr, "B", error_, sizeof error_), -1);
  EXPECT_EQ(soap_rm_options_load(&options_, "App.config", "", error_, sizeof error_), -1);
  EXPECT_STREQ(error_, "A configuration file needs its name and the name of a binding.");
  EXPECT_EQ(soap_rm_options_check(nullptr, error_, sizeof error_), -1);
  EXPECT_STREQ(error_, "There are no options: the pointer is NULL.");
  soap_rm_options_default(nullptr);
}

TEST_F(OptionsApi, RefusesOptionsThatWereNotFilled) {
  const std::string wanted = "options.size is 0, not " + std::to_string(sizeof(soap_rm_options)) +
                             ": fill the options with soap_rm_options_default() before changing them.";
  options_.size = 0;
  EXPECT_EQ(Set("ordered", "1"), -1);
  EXPECT_EQ(error_, wanted);
  EXPECT_EQ(Text(""), -1);
  EXPECT_EQ(Check(), -1);
  EXPECT_EQ(error_, wanted);
}

TEST_F(OptionsApi, WritesNoMoreOfASentenceThanThereIsRoomFor) {
  char small[12];
  std::memset(small, '#', sizeof small);
  EXPECT_EQ(soap_rm_options_set(&options_, "x", "1", small, 10), -1);
  EXPECT_STREQ(small, "There is ");
  EXPECT_EQ(small[10], '#');
  EXPECT_EQ(soap_rm_options_set(&options_, "x", "1", small, 0), -1);
  EXPECT_EQ(soap_rm_options_set(&options_, "x", "1", nullptr, 100), -1);
}

TEST_F(OptionsApi, ChecksThatTheRetransmissionBoundsFitTogether) {
  options_.retransmission_minimum = 60000;
  EXPECT_EQ(Check(), 0);
  options_.retransmission_minimum = 60001;
  EXPECT_EQ(Check(), -1);
  EXPECT_STREQ(error_,
               "retransmission_maximum must not be below retransmission_minimum, but 60000 ms is below 60001 ms.");
}

TEST_F(OptionsApi, ChecksEveryMember) {
  options_.max_connections = 257;
  EXPECT_EQ(Check(), -1);
  EXPECT_STREQ(error_, "max_connections must be a whole number from 1 to 256, not '257'.");
  options_.max_connections = 256;
  EXPECT_EQ(Check(), 0);
}

TEST_F(OptionsApi, SetsOptionsFromLines) {
  EXPECT_EQ(
      Text("# a session\n\n  ordered = false \r\nmaxRetryCount=3\nvia=http://r/?a=b\none_way_actions=urn:a urn:b"), 0)
      << error_;
  EXPECT_EQ(options_.ordered, 0);
  EXPECT_EQ(options_.max_retry_count, 3);
  EXPECT_STREQ(options_.via, "http://r/?a=b");
  EXPECT_STREQ(options_.one_way_actions, "urn:a urn:b");
}

TEST_F(OptionsApi, ReadsLinesBehindAByteOrderMark) {
  EXPECT_EQ(Text("\xef\xbb\xbfordered=0"), 0) << error_;
  EXPECT_EQ(options_.ordered, 0);
}

TEST_F(OptionsApi, RefusesLinesWithTheirNumberAndChangesNothing) {
  const soap_rm_options before = options_;
  const char* const cases[][2] = {
      {"ordered=0\n\nnonsense", "options.txt:3: A line must be name=value, not 'nonsense'."},
      {"ordered=0\nfoo=1", "options.txt:2: There is no option 'foo'."},
      {"ordered=0\n#\nmax_retry_count=0\n",
       "options.txt:3: max_retry_count must be a whole number from 1 to 2147483647, not '0'."},
      {"ordered=0\nmax_retry_count=5\nmaxRetryCount=6", "options.txt:3: maxRetryCount was already set on line 2."},
      {"=1", "options.txt:1: There is no option ''."},
      {"ordered=", "options.txt:1: ordered must be true or false, not ''."},
  };
  for (const auto& [text, sentence] : cases) {
    EXPECT_EQ(Text(text), -1);
    EXPECT_STREQ(error_, sentence);
    EXPECT_TRUE(IsAsBefore(before)) << text;
  }
}

TEST_F(OptionsApi, NamesLinesWithoutASource) {
  EXPECT_EQ(soap_rm_options_text(&options_, "foo=1", nullptr, error_, sizeof error_), -1);
  EXPECT_STREQ(error_, "options:1: There is no option 'foo'.");
}

TEST_F(OptionsApi, SaysWhyAFileCannotBeRead) {
  const soap_rm_options before = options_;
  EXPECT_EQ(soap_rm_options_load(&options_, "no/such/App.config", "B", error_, sizeof error_), -1);
  EXPECT_STREQ(error_, "no/such/App.config: The file cannot be read: No such file or directory.");
  EXPECT_EQ(soap_rm_options_load(&options_, "/", "B", error_, sizeof error_), -1);
  EXPECT_STREQ(error_, "/: The file cannot be read: Is a directory.");
  EXPECT_TRUE(IsAsBefore(before));
}

TEST_F(OptionsApi, LoadsAFileOrChangesNothing) {
  const std::string file = testing::TempDir() + "gsoaprm_options_api_test.config";
  std::ofstream(file)
      << "<configuration><system.serviceModel><bindings><customBinding>\n"
         "<binding name='Good'><reliableSession maxRetryCount='3'/><httpTransport/></binding>\n"
         "<binding name='Bad'><reliableSession maxRetryCount='5'/><httpTransport realm='x'/></binding>\n"
         "</customBinding></bindings></system.serviceModel></configuration>\n";
  const soap_rm_options before = options_;
  EXPECT_EQ(soap_rm_options_load(&options_, file.c_str(), "Bad", error_, sizeof error_), -1);
  EXPECT_EQ(error_, file + ":3: realm must be empty, not 'x': the program names the realm (soap->authrealm).");
  EXPECT_TRUE(IsAsBefore(before));
  EXPECT_EQ(soap_rm_options_load(&options_, file.c_str(), "Good", error_, sizeof error_), 0);
  EXPECT_EQ(options_.max_retry_count, 3);
  EXPECT_EQ(Check(), 0);
  std::remove(file.c_str());
}

}  // namespace
}  // namespace gsoaprm::config
