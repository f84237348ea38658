// The configuration file of the samples, binding by binding.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "config/wcf_config.h"
#include "include/soap_rm.h"

namespace gsoaprm::config {
namespace {

// The tests may run anywhere in the tree; the path to this source is known.
std::string AppConfig() {
  const std::string here = __FILE__;
  return here.substr(0, here.rfind("tests/unit/config/")) + "samples/wcf/App.config";
}

soap_rm_options Load(const char* binding) {
  soap_rm_options options;
  soap_rm_options_default(&options);
  char error[512] = "";
  EXPECT_EQ(soap_rm_options_load(&options, AppConfig().c_str(), binding, error, sizeof error), 0) << error;
  EXPECT_EQ(soap_rm_options_check(&options, error, sizeof error), 0) << error;
  return options;
}

TEST(AppConfig, EveryBindingIsReadAndHasTheSizeOfTheFile) {
  for (const char* const binding :
       {"ReliableSession11", "ReliableSession2005", "UnorderedReliableSession11", "SecureReliableSession11",
        "SecureReliableSession2005", "WS2007Reliable", "WSReliable"}) {
    const soap_rm_options options = Load(binding);
    EXPECT_EQ(options.max_message_size, 4194304u) << binding;
    EXPECT_EQ(options.soap_version, SOAP_RM_SOAP_12) << binding;
    EXPECT_EQ(options.addressing_version, SOAP_RM_ADDRESSING_10) << binding;
    EXPECT_EQ(options.inactivity_timeout, 600000) << binding;
    EXPECT_STREQ(options.via, "") << binding;
  }
}

TEST(AppConfig, BindingsSayTheirVersion) {
  for (const char* const binding :
       {"ReliableSession11", "UnorderedReliableSession11", "SecureReliableSession11", "WS2007Reliable"}) {
    EXPECT_EQ(Load(binding).reliable_messaging_version, SOAP_RM_11) << binding;
  }
  for (const char* const binding : {"ReliableSession2005", "SecureReliableSession2005", "WSReliable"}) {
    EXPECT_EQ(Load(binding).reliable_messaging_version, SOAP_RM_FEBRUARY_2005) << binding;
  }
}

TEST(AppConfig, OnlyOneBindingIsUnordered) {
  EXPECT_EQ(Load("UnorderedReliableSession11").ordered, 0);
  for (const char* const binding : {"ReliableSession11", "ReliableSession2005", "SecureReliableSession11",
                                    "SecureReliableSession2005", "WS2007Reliable", "WSReliable"}) {
    EXPECT_EQ(Load(binding).ordered, 1) << binding;
  }
}

TEST(AppConfig, AnyPartOfItFromTheStartIsRefused) {
  std::ifstream file(AppConfig(), std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::size_t end = text.rfind('>');
  ASSERT_NE(end, std::string::npos);
  soap_rm_options options;
  soap_rm_options_default(&options);
  for (std::size_t length = 0; length <= end; ++length) {
    std::string error;
    // Its own memory, so that a sanitizer sees a byte read too far.
    const std::unique_ptr<char[]> part(new char[length]);
    std::memcpy(part.get(), text.data(), length);
    EXPECT_FALSE(ReadWcfConfig({part.get(), length}, "App.config", "WSReliable", &options, &error)) << length;
    EXPECT_EQ(error.rfind("App.config:", 0), 0u) << error;
  }
  std::string error;
  EXPECT_TRUE(ReadWcfConfig(text, "App.config", "WSReliable", &options, &error)) << error;
}

TEST(AppConfig, AnotherBindingIsRefusedWithTheNamesThereAre) {
  soap_rm_options options;
  soap_rm_options_default(&options);
  char error[512] = "";
  EXPECT_EQ(soap_rm_options_load(&options, AppConfig().c_str(), "Reliable", error, sizeof error), -1);
  EXPECT_EQ(error, AppConfig() +
                       ": There is no binding 'Reliable'; there are 'ReliableSession11', 'ReliableSession2005', "
                       "'UnorderedReliableSession11', 'SecureReliableSession11', 'SecureReliableSession2005', "
                       "'WS2007Reliable', 'WSReliable'.");
}

}  // namespace
}  // namespace gsoaprm::config
