// Finding a binding in a file, and files that are none.
#include <gtest/gtest.h>

#include "unit/config/wcf_text.h"

namespace gsoaprm::config {
namespace {

const char kBinding[] = "<binding name=\"B\"><reliableSession/><httpTransport/></binding>";

TEST(WcfFile, IsReadWithDeclarationCommentsAndOtherSections) {
  EXPECT_EQ(
      Refusal("\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- ours -->\n<configuration>\n"
              "<appSettings><add key=\"a\" value=\"b\"/></appSettings>\n"
              "<runtime><assemblyBinding xmlns=\"urn:schemas-microsoft-com:asm.v1\"/></runtime>\n"
              "<system.serviceModel><diagnostics foo=\"1\"/><bindings><netTcpBinding><binding name=\"T\" x=\"y\"/>\n"
              "</netTcpBinding><customBinding>" +
              std::string(kBinding) +
              "</customBinding></bindings></system.serviceModel>\n</configuration>\n<!-- end -->\n"),
      "accepted");
}

TEST(WcfFile, RefusesWhatIsNotWellFormed) {
  EXPECT_EQ(Refusal(""), "App.config:1: This is not well-formed XML: The message does not begin with an element.");
  EXPECT_EQ(Refusal("<configuration>\n<system.serviceModel>\n</bindings>"),
            "App.config:3: This is not well-formed XML: An end tag does not match its start tag.");
  EXPECT_EQ(Refusal("<configuration>\n<a>\n"), "App.config:2: This is not well-formed XML: The message ends early.");
  EXPECT_EQ(Refusal("<configuration/>\n<configuration/>"),
            "App.config:2: This is not well-formed XML: Something follows the end of the message.");
  EXPECT_EQ(Refusal(Session("ordered=\"true\" ordered=\"false\"")),
            "App.config:6: This is not well-formed XML: An attribute stands twice.");
}

TEST(WcfFile, RefusesUtf16) {
  EXPECT_EQ(Refusal(std::string("\xff\xfe<\0", 4)), "App.config:1: The file is UTF-16; save it as UTF-8.");
  EXPECT_EQ(Refusal(std::string("\xfe\xff\0<", 4)), "App.config:1: The file is UTF-16; save it as UTF-8.");
}

TEST(WcfFile, RefusesOtherFiles) {
  EXPECT_EQ(Refusal("\n\n<project\n a=\"b\"/>"),
            "App.config:3: The root element must be <configuration>, not <project>.");
  EXPECT_EQ(Refusal("<configuration/>"), "App.config: There is no <system.serviceModel> in <configuration>.");
  EXPECT_EQ(Refusal("<configuration>\n<system.serviceModel/>\n<system.serviceModel/></configuration>"),
            "App.config:3: <system.serviceModel> stands here again; the first is on line 2.");
  EXPECT_EQ(Refusal("<configuration><system.serviceModel/></configuration>"),
            "App.config: There is no <bindings> in <system.serviceModel>.");
}

TEST(WcfFile, RefusesASectionThatIsElsewhereOrTwice) {
  EXPECT_EQ(
      Refusal("<configuration><system.serviceModel>\n<bindings\n configSource=\"b.config\"/></system.serviceModel>"
              "</configuration>"),
      "App.config:3: <bindings> is in another file, which is not read: move it from 'b.config' to here.");
  EXPECT_EQ(Refusal(Config("", "<bindings/>")), "App.config:6: <bindings> stands here again; the first is on line 3.");
}

TEST(WcfFile, IsReadUpToItsGreatestSize) {
  const std::string text = Session("");
  const auto sized = [&text](std::size_t size) { return text + std::string(size - text.size(), '\n'); };
  EXPECT_EQ(Refusal(sized(kMaximumConfigSize - 1)), "accepted");
  EXPECT_EQ(Refusal(sized(kMaximumConfigSize)), "accepted");
  EXPECT_EQ(Refusal(sized(kMaximumConfigSize + 1)), "App.config: The file is longer than 4194304 bytes.");
}

TEST(WcfBindingName, MustBeThere) {
  EXPECT_EQ(Refusal(Session(""), "C"), "App.config: There is no binding 'C'; there are 'B'.");
  EXPECT_EQ(Refusal(Config("<customBinding/>"), "C"), "App.config: There is no binding 'C'.");
  EXPECT_EQ(Refusal(Config("<customBinding/>"), "b"), "App.config: There is no binding 'b'.");
}

TEST(WcfBindingName, OffersUpToEightOthers) {
  std::string bindings;
  for (char name = 'a'; name <= 'h'; ++name) bindings += "<binding name=\"" + std::string(1, name) + "\"/>";
  EXPECT_EQ(Refusal(Config("<customBinding>" + bindings + "</customBinding>"), "C"),
            "App.config: There is no binding 'C'; there are 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'.");
  EXPECT_EQ(Refusal(Config("<customBinding>" + bindings + "<binding name=\"i\"/></customBinding>"), "C"),
            "App.config: There is no binding 'C'; there are 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h' and others.");
}

TEST(WcfBindingName, MustBeThereOnce) {
  EXPECT_EQ(Refusal(Config("<customBinding>" + std::string(kBinding) + "\n" + kBinding + "</customBinding>")),
            "App.config:5: The binding 'B' stands here again; the first is on line 4.");
  EXPECT_EQ(Refusal(Config("<customBinding>" + std::string(kBinding) +
                           "</customBinding>\n<netTcpBinding><binding name=\"B\"/></netTcpBinding>")),
            "App.config:5: The binding 'B' stands here again; the first is on line 4.");
}

TEST(WcfBindingName, MustNotBeUndoneByItsNeighbours) {
  EXPECT_EQ(Refusal(Config("<customBinding>" + std::string(kBinding) + "\n<remove name=\"B\"/></customBinding>")),
            "App.config:5: <customBinding> may only have <binding> elements, not <remove>.");
}

TEST(WcfBindingKind, OtherThanTheThreeIsRefusedByName) {
  const char* const cases[][2] = {
      {"basicHttpBinding", "it has no reliable sessions"},
      {"basicHttpsBinding", "it has no reliable sessions"},
      {"basicHttpContextBinding", "it has no reliable sessions"},
      {"webHttpBinding", "it has no reliable sessions"},
      {"netTcpBinding", "it does not use HTTP"},
      {"netTcpContextBinding", "it does not use HTTP"},
      {"netNamedPipeBinding", "it does not use HTTP"},
      {"netMsmqBinding", "it does not use HTTP"},
      {"msmqIntegrationBinding", "it does not use HTTP"},
      {"netPeerTcpBinding", "it does not use HTTP"},
      {"udpBinding", "it does not use HTTP"},
      {"netHttpBinding", "it sends binary envelopes"},
      {"netHttpsBinding", "it sends binary envelopes"},
      {"wsDualHttpBinding", "its replies come on a second connection, which is not spoken"},
      {"wsHttpContextBinding", "context exchange is not spoken"},
      {"wsFederationHttpBinding", "it needs message security, which is not spoken"},
      {"ws2007FederationHttpBinding", "it needs message security, which is not spoken"},
      {"fooBinding", "it is not known"},
  };
  for (const auto& [kind, reason] : cases) {
    EXPECT_EQ(Refusal(Config("<" + std::string(kind) + ">\n<binding name=\"B\"/></" + kind + ">")),
              "App.config:5: 'B' is a " + std::string(kind) + ", which cannot be used: " + reason +
                  "; use customBinding, wsHttpBinding or ws2007HttpBinding.");
  }
}

}  // namespace
}  // namespace gsoaprm::config
