#include <gtest/gtest.h>

#include "unit/config/wcf_text.h"

namespace gsoaprm::config {
namespace {

// Bindings B (http) and S (https); `sections` begins on line 7.
std::string File(const std::string& sections) {
  return Config(
      "<customBinding><binding name=\"B\"><reliableSession/><httpTransport/></binding>\n"
      "<binding name=\"S\"><reliableSession/><httpsTransport/></binding></customBinding>",
      sections);
}

std::string Endpoint(const std::string& attributes) {
  return "<endpoint binding=\"customBinding\" bindingConfiguration=\"B\" contract=\"C\" " + attributes + "/>\n";
}

std::string Client(const std::string& endpoints) { return "<client>\n" + endpoints + "</client>\n"; }

std::string Behavior(const std::string& name, const std::string& content) {
  return "<behaviors><endpointBehaviors>\n<behavior" + (name.empty() ? "" : " name=\"" + name + "\"") + ">" + content +
         "</behavior></endpointBehaviors></behaviors>\n";
}

const char kVia[] = "<clientVia viaUri=\"http://router:81/\"/>";

TEST(WcfEndpoint, GivesTheViaOfItsBehavior) {
  const Loaded loaded = Load(File(Client(Endpoint("address=\"http://s/\" behaviorConfiguration=\"V\"")) +
                                  Behavior("V", "<clientCredentials/>" + std::string(kVia))));
  ASSERT_TRUE(loaded.ok) << loaded.error;
  EXPECT_STREQ(loaded.options.via, "http://router:81/");
}

TEST(WcfEndpoint, GivesTheViaOfTheBehaviorWithoutAName) {
  const Loaded loaded = Load(File(Client(Endpoint("")) + Behavior("", kVia)));
  ASSERT_TRUE(loaded.ok) << loaded.error;
  EXPECT_STREQ(loaded.options.via, "http://router:81/");
}

TEST(WcfEndpoint, LeavesTheViaAloneWhenItHasNone) {
  for (const std::string& sections :
       {std::string(), Client(Endpoint("address=\"http://s/\"")), Client(Endpoint("")) + Behavior("V", kVia),
        Client("<endpoint binding=\"customBinding\" bindingConfiguration=\"S\" behaviorConfiguration=\"V\"/>") +
            Behavior("V", kVia),
        Client("<endpoint binding=\"netTcpBinding\" foo=\"1\"/><metadata/>")}) {
    soap_rm_options options;
    soap_rm_options_default(&options);
    ASSERT_EQ(soap_rm_options_set(&options, "via", "http://before/", nullptr, 0), 0);
    std::string error;
    EXPECT_TRUE(ReadWcfConfig(File(sections), "App.config", "B", &options, &error)) << error;
    EXPECT_STREQ(options.via, "http://before/");
  }
}

TEST(WcfEndpoint, MustAgreeWithTheOthersThatUseTheBinding) {
  const std::string with = Endpoint("behaviorConfiguration=\"V\"");
  EXPECT_EQ(Refusal(File(Client(with + with) + Behavior("V", kVia))), "accepted");
  EXPECT_EQ(Refusal(File(Client(with + Endpoint("")) + Behavior("V", kVia))),
            "App.config:9: The endpoint and the one on line 8 use the binding 'B' but not the same viaUri: give each a "
            "binding of its own.");
}

TEST(WcfEndpoint, MustTakeTheBindingForWhatItIs) {
  EXPECT_EQ(Refusal(File(Client("<endpoint binding=\"wsHttpBinding\" bindingConfiguration=\"B\"/>"))),
            "App.config:8: The endpoint takes the binding 'B' for a wsHttpBinding, but it is a customBinding.");
}

TEST(WcfEndpoint, MustHaveAnAddressOfTheTransport) {
  EXPECT_EQ(Refusal(File(Client(Endpoint("\naddress=\"https://s/\"")))),
            "App.config:9: address must begin with http://, as the binding 'B' says, not be 'https://s/'.");
  EXPECT_EQ(
      Refusal(File(Client("<endpoint binding=\"customBinding\" bindingConfiguration=\"S\" address=\"http://s/\"/>")),
              "S"),
      "App.config:8: address must begin with https://, as the binding 'S' says, not be 'http://s/'.");
  EXPECT_EQ(Refusal(File(Client(Endpoint("behaviorConfiguration=\"V\"")) +
                         Behavior("V", "<clientVia viaUri=\"https://r/\"/>"))),
            "App.config:11: viaUri must begin with http://, as the binding 'B' says, not be 'https://r/'.");
}

TEST(WcfEndpoint, MustNameABehaviorThatIsThere) {
  const std::string sentence = "App.config:8: There is no behavior 'W' in <endpointBehaviors>.";
  EXPECT_EQ(Refusal(File(Client(Endpoint("behaviorConfiguration=\"W\"")))), sentence);
  EXPECT_EQ(Refusal(File(Client(Endpoint("behaviorConfiguration=\"W\"")) + Behavior("V", kVia))), sentence);
}

TEST(WcfEndpoint, MustHaveAUsableVia) {
  const auto via = [](const std::string& content) {
    return Refusal(File(Client(Endpoint("behaviorConfiguration=\"V\"")) + Behavior("V", content)));
  };
  EXPECT_EQ(via("<clientVia/>"), "App.config:11: <clientVia> has no viaUri.");
  EXPECT_EQ(via(std::string(kVia) + "\n" + kVia), "App.config:12: <clientVia> stands here again.");
  EXPECT_EQ(via("<clientVia viaUri=\"http://\"/>"),
            "App.config:11: viaUri must be an http or https address, not 'http://'.");
  EXPECT_EQ(via("<clientVia viaUri=\"http://" + std::string(1017, 'x') + "\"/>"),
            "App.config:11: viaUri must be at most 1023 bytes long, not 1024.");
}

}  // namespace
}  // namespace gsoaprm::config
