#include "replay/xml_tree.h"

#include <gtest/gtest.h>

namespace gsoaprm::replay {
namespace {

TEST(XmlTree, ResolvesNamesAndDefaultNamespaces) {
  const auto root = ParseXml("<a:x xmlns:a='urn:a' a:k='1' k='2'><y xmlns='urn:b'><z xmlns=''/></y></a:x>");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->ns, "urn:a");
  EXPECT_EQ(root->name, "x");
  ASSERT_EQ(root->attributes.size(), 2u);
  EXPECT_EQ(root->attributes[0].ns, "urn:a");
  EXPECT_EQ(root->attributes[1].ns, "");
  ASSERT_NE(root->Child("y"), nullptr);
  EXPECT_EQ(root->Child("y")->ns, "urn:b");
  EXPECT_EQ(root->Child("y")->Child("z")->ns, "");
  EXPECT_EQ(root->Child("nothing"), nullptr);
}

TEST(XmlTree, ReadsReferencesInTextAndAttributes) {
  const auto root = ParseXml("<x k='&quot;&#65;'>&lt;&amp;&#x20AC;</x>");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->attributes[0].value, "\"A");
  EXPECT_EQ(root->text, "<&\xE2\x82\xAC");
}

TEST(XmlTree, DropsWhiteSpaceBetweenElementsOnly) {
  const auto root = ParseXml("<?xml version='1.0'?>\n<x> <y> t </y> <!-- c --> </x>\n");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->text, "");
  EXPECT_EQ(root->Child("y")->text, " t ");
}

TEST(XmlTree, ResolvesQualifiedNamesInText) {
  const auto root = ParseXml("<x xmlns:a='urn:a'>a:Code</x>");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->Resolve(root->text), "{urn:a}Code");
  EXPECT_EQ(root->Resolve("b:Code"), "b:Code");
}

TEST(XmlTree, RefusesWhatIsNotWellFormed) {
  for (const char* const text : {"", "x", "<x>", "<x></y>", "<x/><y/>", "<a:x/>", "<x k=1/>", "<x>&nothing;</x>",
                                 "<!DOCTYPE x><x/>", "<x k='1>"})
    EXPECT_FALSE(ParseXml(text)) << text;
}

}  // namespace
}  // namespace gsoaprm::replay
