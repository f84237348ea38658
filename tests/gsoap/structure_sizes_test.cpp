// Programs that were compiled with another version of the header, at the functions that take a structure with its size.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "gsoap/support/own_server.h"
#include "soap_rm.h"

namespace gsoaprm::testing {
namespace {

// What registration says of options of this size; "" when it takes them.
std::string Registering(std::size_t size) {
  struct {
    soap_rm_options options;
    char behind[16];
  } program;
  std::memset(&program, 0, sizeof program);
  soap_rm_options_default_sized(&program.options, size);
  OwnContext soap;
  const int error = soap_register_plugin_arg(soap.get(), soap_rm, &program.options);
  return error == SOAP_OK ? "" : soap.Fault();
}

TEST(StructureSizes, RegistrationRefusesOptionsOfNoVersionWithASentence) {
  EXPECT_EQ(Registering(sizeof(soap_rm_options)), "");
  EXPECT_NE(Registering(sizeof(soap_rm_options) - 1).find("soap_rm_options_default()"), std::string::npos);
  EXPECT_NE(Registering(sizeof(soap_rm_options) + 8).find("the header of a newer one"), std::string::npos);
}

class StructureSizesInside : public ::testing::Test {
 protected:
  StructureSizesInside() { EXPECT_EQ(soap_register_plugin(soap_.get(), soap_rm), SOAP_OK); }
  OwnContext soap_;
};

TEST_F(StructureSizesInside, MetricsOfAnOlderProgramAreFilledAsFarAsTheyGo) {
  soap_rm_metrics metrics;
  std::memset(&metrics, '#', sizeof metrics);
  const auto untouched = metrics.answers_collected;
  metrics.size = offsetof(soap_rm_metrics, answers_collected);
  EXPECT_EQ(soap_rm_get_metrics(soap_.get(), &metrics), SOAP_OK) << soap_.Fault();
  EXPECT_EQ(metrics.size, offsetof(soap_rm_metrics, answers_collected));
  EXPECT_EQ(metrics.messages_sent, 0u);
  EXPECT_EQ(metrics.open_sessions, 0u);
  EXPECT_EQ(metrics.answers_collected, untouched);
}

TEST_F(StructureSizesInside, MetricsOfNoVersionAreRefusedWithASentence) {
  soap_rm_metrics metrics{};
  metrics.size = offsetof(soap_rm_metrics, answers_collected) - 1;
  EXPECT_EQ(soap_rm_get_metrics(soap_.get(), &metrics), SOAP_RM_ERROR);
  EXPECT_NE(soap_.Fault().find("metrics.size is"), std::string::npos) << soap_.Fault();
}

TEST_F(StructureSizesInside, TheLastErrorIsToldToANewerProgramToo) {
  struct {
    soap_rm_error error;
    char newer[8];
  } program;
  std::memset(&program, '#', sizeof program);
  program.error.size = sizeof program;
  EXPECT_EQ(soap_rm_get_error(soap_.get(), &program.error), SOAP_OK) << soap_.Fault();
  EXPECT_EQ(program.error.error_class, SOAP_RM_NO_ERROR);
  EXPECT_STREQ(program.error.code, "");
  EXPECT_EQ(std::string(program.newer, sizeof program.newer), std::string(sizeof program.newer, '\0'));
  program.error.size = sizeof program.error - 1;
  EXPECT_EQ(soap_rm_get_error(soap_.get(), &program.error), SOAP_RM_ERROR);
  EXPECT_NE(soap_.Fault().find("error.size is"), std::string::npos) << soap_.Fault();
}

}  // namespace
}  // namespace gsoaprm::testing
