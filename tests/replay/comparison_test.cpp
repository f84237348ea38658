#include "replay/comparison.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gsoaprm::replay {
namespace {

std::string Envelope(const std::string& header, const std::string& body) {
  return "<s:Envelope xmlns:s='urn:s' xmlns:r='urn:r'><s:Header>" + header + "</s:Header><s:Body>" + body +
         "</s:Body></s:Envelope>";
}

std::vector<std::string> Compare(const std::string& captured, const std::string& ours, Roles* roles) {
  std::vector<std::string> texts;
  for (const Difference& difference : CompareEnvelopes(*ParseXml(captured), *ParseXml(ours), roles))
    texts.push_back(difference.path + " " + ToString(difference.aspect));
  return texts;
}

std::vector<std::string> Compare(const std::string& captured, const std::string& ours) {
  Roles roles;
  return Compare(captured, ours, &roles);
}

using Texts = std::vector<std::string>;

TEST(Comparison, DoesNotMindPrefixesAndTheOrderOfHeaderBlocks) {
  EXPECT_EQ(Compare("<s:E xmlns:s='urn:s'><s:Header><s:a/><b xmlns='urn:b'/></s:Header></s:E>",
                    "<E xmlns='urn:s'><Header><x:b xmlns:x='urn:b'/><a/></Header></E>"),
            Texts{});
}

TEST(Comparison, SeesBlocksThatAreMissingOrTooMany) {
  EXPECT_EQ(Compare(Envelope("<r:a/><r:a/>", ""), Envelope("<r:a/><r:c/>", "")),
            (Texts{"Header/a missing", "Header/c extra"}));
}

TEST(Comparison, SeesAnotherNamespace) {
  EXPECT_EQ(Compare(Envelope("", "<r:a/>"), Envelope("", "<s:a/>")), Texts{"Body/a name"});
}

TEST(Comparison, MindsTheOrderOfOtherElements) {
  EXPECT_EQ(Compare(Envelope("", "<r:x><r:a/><r:b/></r:x>"), Envelope("", "<r:x><r:b/></r:x>")),
            Texts{"Body/x/a missing"});
  EXPECT_EQ(Compare(Envelope("", "<r:x><r:b/></r:x>"), Envelope("", "<r:x><r:a/><r:b/><r:c/></r:x>")),
            (Texts{"Body/x/a extra", "Body/x/c extra"}));
}

TEST(Comparison, SeesTextsAndAttributes) {
  EXPECT_EQ(Compare(Envelope("", "<r:x k='1' l='2'>t</r:x>"), Envelope("", "<r:x k='3' m='4'>u</r:x>")),
            (Texts{"Body/x@k text", "Body/x@l missing", "Body/x@m extra", "Body/x text"}));
}

TEST(Comparison, TellsAnotherFormOfANumberFromAnotherNumber) {
  EXPECT_EQ(Compare(Envelope("", "<r:x>115.99</r:x>"), Envelope("", "<r:x>115.98999999999999</r:x>")),
            Texts{"Body/x number form"});
  EXPECT_EQ(Compare(Envelope("", "<r:x>115.99</r:x>"), Envelope("", "<r:x>115.98</r:x>")), Texts{"Body/x text"});
}

TEST(Comparison, ComparesQualifiedNamesByTheirNamespaces) {
  EXPECT_EQ(Compare(Envelope("", "<r:Value xmlns:p='urn:c'>p:Code</r:Value>"),
                    Envelope("", "<r:Value xmlns:q='urn:c'>q:Code</r:Value>")),
            Texts{});
  EXPECT_EQ(Compare(Envelope("", "<r:Value xmlns:p='urn:c'>p:Code</r:Value>"),
                    Envelope("", "<r:Value xmlns:p='urn:d'>p:Code</r:Value>")),
            Texts{"Body/Value text"});
}

TEST(Comparison, MatchesIdentifiersByRole) {
  Roles roles;
  EXPECT_EQ(
      Compare(Envelope("", "<r:Identifier>A</r:Identifier>"), Envelope("", "<r:Identifier>1</r:Identifier>"), &roles),
      Texts{});
  EXPECT_EQ(
      Compare(Envelope("", "<r:Identifier>A</r:Identifier>"), Envelope("", "<r:Identifier>2</r:Identifier>"), &roles),
      Texts{"Body/Identifier identifier"});
  EXPECT_EQ(
      Compare(Envelope("", "<r:Identifier>B</r:Identifier>"), Envelope("", "<r:Identifier>1</r:Identifier>"), &roles),
      Texts{"Body/Identifier identifier"});
}

TEST(Roles, TranslateIdentifiersBothWays) {
  Roles roles;
  roles.Bind("urn:A", "urn:1");
  EXPECT_EQ(roles.Translate("<x>urn:A</x><y>urn:B</y>"), "<x>urn:1</x><y>urn:B</y>");
  EXPECT_EQ(roles.Untranslate("<x>urn:1</x>"), "<x>urn:A</x>");
}

HttpMessage Message(const std::string& start, const std::string& type, const std::string& body) {
  HttpMessage message;
  message.start_line = start;
  message.headers.emplace_back("Content-Type", type);
  message.body = body;
  return message;
}

TEST(Comparison, SeesStatusAndContentType) {
  Roles roles;
  const auto differences =
      CompareResponses(Message("HTTP/1.1 200 OK", "text/xml; charset=utf-8", "<x/>"),
                       Message("HTTP/1.1 500 No", "text/xml; charset=UTF-8; action=\"a\"", "<x/>"), &roles);
  ASSERT_EQ(differences.size(), 2u);
  EXPECT_EQ(differences[0].path, "HTTP/status");
  EXPECT_EQ(differences[1].path, "HTTP/Content-Type/action");
}

TEST(Comparison, SeesABodyWhereThereIsNone) {
  Roles roles;
  const auto differences =
      CompareResponses(Message("HTTP/1.1 200 OK", "", ""), Message("HTTP/1.1 200 OK", "text/xml", "<x/>"), &roles);
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0].aspect, Aspect::kEntity);
}

}  // namespace
}  // namespace gsoaprm::replay
