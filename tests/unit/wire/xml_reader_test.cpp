#include "wire/xml_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace gsoaprm::wire {
namespace {

// All element names in order, with their text, as "a(b[text])"; "!" and the kind of error at the end.
std::string Outline(std::string_view text, const XmlLimits& limits = XmlLimits()) {
  XmlReader reader(text, limits);
  std::string outline;
  if (reader.ReadRoot()) {
    outline.append(reader.element().name.local).append("(");
    while (reader.ok() && reader.depth() > 0) {
      if (reader.NextChild()) {
        outline.append(reader.element().name.local).append("(");
      } else if (reader.ok()) {
        outline.append(reader.has_text() ? "#)" : ")");
      }
    }
    reader.ReadEpilog();
  }
  if (reader.error() == XmlError::kMalformed) outline.append("!malformed");
  if (reader.error() == XmlError::kLimit) outline.append("!limit");
  return outline;
}

TEST(XmlReader, WalksThroughNestedElements) { EXPECT_EQ(Outline("<a><b><c/></b> <d></d></a>"), "a(b(c())d())"); }

TEST(XmlReader, PassesOverDeclarationCommentsAndInstructions) {
  EXPECT_EQ(
      Outline(
          "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- one --><?pi x?><a><!-- <b> --><c/><?pi <d>?></a>\n<!-- end -->"),
      "a(c())");
}

TEST(XmlReader, NoticesTextBetweenElements) {
  EXPECT_EQ(Outline("<a> <b/>x</a>"), "a(b()#)");
  EXPECT_EQ(Outline("<a><![CDATA[ ]]></a>"), "a(#)");
}

TEST(XmlReader, RefusesWhatIsNotWellFormed) {
  for (const char* text : {"",
                           " ",
                           "a",
                           "<",
                           "<a",
                           "<a>",
                           "<a/",
                           "<a></a",
                           "<a></b>",
                           "<a><b></a></b>",
                           "<a/><b/>",
                           "<a/>x",
                           "<1/>",
                           "< a/>",
                           "<a:b/>",
                           "<:a/>",
                           "<a:/>",
                           "<a b/>",
                           "<a b=c/>",
                           "<a b=\"/>",
                           "<a b='1' b='2'/>",
                           "<a b='1'c='2'/>",
                           "<a b='<'/>",
                           "<a b='&'/>",
                           "<a b='&x;'/>",
                           "<a x:b='1'/>",
                           "<!ELEMENT a ANY><a/>",
                           "<a><!-- </a>",
                           "<a><!-- -- --></a>",
                           "<a><? </a>",
                           "<a><?"
                           "?></a>",
                           "<a><![CDATA[</a>",
                           "<a></a >x",
                           "<a/ >",
                           "<a xmlns:b=''/>",
                           "<a xmlns:xmlns='u'/>",
                           "<a xmlns:xml='u'/>",
                           "<a xmlns:b='http://www.w3.org/2000/xmlns/'/>",
                           "<a xmlns:b='http://www.w3.org/XML/1998/namespace'/>",
                           "<a xmlns:b='u' xmlns:b='v'/>",
                           "<a xmlns='u' xmlns='v'/>",
                           "<a xmlns:b='u' xmlns:c='u' b:x='1' c:x='2'/>",
                           "<p:a:b xmlns:p='u'/>",
                           "<a><b/>",
                           "<a><",
                           "<a></",
                           "<a><!",
                           "<a><?",
                           "<?xml",
                           "<a\x01/>",
                           "<a b='\x01'/>",
                           "<?xml version='1.0'",
                           "<?xml version='1.0' >?><a/>",
                           "<?xml version='1.0' <a?><a/>",
                           "<?xml version='1.0'? ?><a/>",
                           "<p:1 xmlns:p='u'/>"}) {
    EXPECT_NE(Outline(text).find("!malformed"), std::string::npos) << text;
  }
}

TEST(XmlReader, RefusesADoctypeAndInstructionsWhereTheyAreNotWanted) {
  for (const char* text : {"<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "<a><!DOCTYPE b></a>"}) {
    XmlReader reader(text, XmlLimits());
    if (reader.ReadRoot()) reader.SkipToDepth(0);
    EXPECT_EQ(reader.error(), XmlError::kForbidden) << text;
  }
  XmlLimits limits;
  limits.instructions = false;
  XmlReader declared("<?xml version='1.0'?><a/>", limits);
  EXPECT_TRUE(declared.ReadRoot());
  for (const char* text : {"<?pi?><a/>", "<a><?pi?></a>", "<?xml-stylesheet x?><a/>", " <?xml version='1.0'?><a/>"}) {
    XmlReader reader(text, limits);
    if (reader.ReadRoot()) reader.SkipToDepth(0);
    EXPECT_EQ(reader.error(), XmlError::kForbidden) << text;
  }
}

TEST(XmlReader, KeepsNamespacesThatWereWrittenWithReferences) {
  const std::string text =
      "<a xmlns:p='u&#45;v' xmlns:q='w&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;x'>"
      "<b c='&lt;'/><p:d e='&gt;'/><q:f g='&gt;' h='&lt;'/></a>";
  XmlReader reader(text, XmlLimits());
  ASSERT_TRUE(reader.ReadRoot());
  ASSERT_TRUE(reader.NextChild());
  EXPECT_EQ(reader.FindAttribute("c")->value, "<");
  reader.SkipToDepth(1);
  ASSERT_TRUE(reader.NextChild());
  EXPECT_EQ(reader.element().name.uri, "u-v");
  reader.SkipToDepth(1);
  ASSERT_TRUE(reader.NextChild());
  EXPECT_EQ(reader.element().name.uri, "w&&&&&&&&&&&&x");
  EXPECT_EQ(reader.FindAttribute("g")->value, ">");
  EXPECT_EQ(reader.FindAttribute("h")->value, "<");
}

TEST(XmlReader, AcceptsWhatIsUnusualButWellFormed) {
  EXPECT_EQ(Outline("<a\n\tb = '1'  c\r\n=\n\"2\" ></a\n>"), "a()");
  EXPECT_EQ(Outline("<a xmlns:b='u' xmlns:c='v' b:x='1' c:x='2' x='3'/>"), "a()");
  EXPECT_EQ(Outline("<a xml:lang='en'/>"), "a()");
  EXPECT_EQ(Outline("<\xc3\xa9l-1.x/>"), "\xc3\xa9l-1.x()");
  EXPECT_EQ(Outline("<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>"), "a()");
}

TEST(XmlReader, ResolvesNamespacesInTheirScope) {
  XmlReader reader("<a xmlns='u' xmlns:p='v'><p:b xmlns:p='w'><p:c/></p:b><p:d xmlns=''><e/></p:d></a>", XmlLimits());
  ASSERT_TRUE(reader.ReadRoot());
  EXPECT_EQ(reader.element().name.uri, "u");
  ASSERT_TRUE(reader.NextChild());
  EXPECT_EQ(reader.element().name.uri, "w");
  ASSERT_TRUE(reader.NextChild());
  EXPECT_EQ(reader.element().name.uri, "w");
  reader.SkipToDepth(1);
  ASSERT_TRUE(reader.NextChild());
  EXPECT_EQ(reader.element().name.uri, "v");
  EXPECT_FALSE(reader.IsPrefixBound(""));
  ASSERT_TRUE(reader.NextChild());
  EXPECT_EQ(reader.element().name.uri, "");
  EXPECT_EQ(reader.element().name.ns, KnownNamespace::kNone);
  reader.SkipToDepth(1);
  EXPECT_TRUE(reader.IsPrefixBound(""));
  EXPECT_TRUE(reader.IsPrefixBound("p"));
  EXPECT_FALSE(reader.IsPrefixBound("q"));
}

TEST(XmlReader, ResolvesReferencesInNamespaceDeclarations) {
  XmlReader reader("<a xmlns='http&#58;//www.w3.org/2003/05/soap-envelope'/>", XmlLimits());
  ASSERT_TRUE(reader.ReadRoot());
  EXPECT_EQ(reader.element().name.ns, KnownNamespace::kSoap12);
}

TEST(XmlReader, DoesNotApplyTheDefaultNamespaceToAttributes) {
  XmlReader reader("<a xmlns='u' b='&lt;1&gt;'/>", XmlLimits());
  ASSERT_TRUE(reader.ReadRoot());
  ASSERT_EQ(reader.attributes().size(), 1u);
  EXPECT_EQ(reader.attributes()[0].name.ns, KnownNamespace::kNone);
  ASSERT_NE(reader.FindAttribute("b"), nullptr);
  EXPECT_EQ(reader.FindAttribute("b")->value, "<1>");
  EXPECT_EQ(reader.FindAttribute("c"), nullptr);
}

std::string Text(std::string_view text) {
  XmlReader reader(text, XmlLimits());
  std::string_view value;
  if (!reader.ReadRoot()) return "!";
  if (!reader.ReadText(&value)) return reader.ok() ? "!child" : "!";
  return std::string(value);
}

TEST(XmlReader, ReadsTextTrimmedAndDecoded) {
  EXPECT_EQ(Text("<a/>"), "");
  EXPECT_EQ(Text("<a></a>"), "");
  EXPECT_EQ(Text("<a> x y\n</a>"), "x y");
  EXPECT_EQ(Text("<a>&lt;&#x41;</a>"), "<A");
  EXPECT_EQ(Text("<a>1<!-- 2 -->3<?pi 4?>5</a>"), "135");
  EXPECT_EQ(Text("<a><![CDATA[<b>&amp;]]>&amp;</a>"), "<b>&amp;&");
  EXPECT_EQ(Text("<a>\xc3\xa9</a>"), "\xc3\xa9");
}

TEST(XmlReader, RefusesTextThatIsNotWellFormed) {
  for (const char* text : {"<a>&</a>", "<a>\xff</a>", "<a>]]></a>", "<a>\x01</a>", "<a>x", "<a><![CDATA[\x01]]></a>",
                           "<a><![CDATA[", "<a>x<!-- </a>", "<a>x</b>"}) {
    EXPECT_EQ(Text(text), "!") << text;
  }
  EXPECT_EQ(Text("<a>x<b/></a>"), "!child");
}

TEST(XmlReader, ResolvesQualifiedNamesInTextWhereTheyStand) {
  XmlReader reader("<a xmlns='d'><b xmlns:p='u'> p:x </b><b>p:x</b><b>x</b><b/></a>", XmlLimits());
  ASSERT_TRUE(reader.ReadRoot());
  XmlName name;
  ASSERT_TRUE(reader.NextChild() && reader.ReadQName(&name));
  EXPECT_EQ(name.uri, "u");
  EXPECT_EQ(name.local, "x");
  ASSERT_TRUE(reader.NextChild() && reader.ReadQName(&name));
  EXPECT_EQ(name.uri, "");
  EXPECT_EQ(name.ns, KnownNamespace::kOther);
  ASSERT_TRUE(reader.NextChild() && reader.ReadQName(&name));
  EXPECT_EQ(name.uri, "d");
  ASSERT_TRUE(reader.NextChild() && reader.ReadQName(&name));
  EXPECT_EQ(name.local, "");
}

TEST(XmlReader, TellsWhereElementsBeginAndEnd) {
  const std::string_view text = "<a><b c='1'>x</b><d/></a>";
  XmlReader reader(text, XmlLimits());
  ASSERT_TRUE(reader.ReadRoot() && reader.NextChild());
  EXPECT_EQ(reader.element().begin, 3u);
  EXPECT_EQ(text.substr(reader.element().content, 1), "x");
  const XmlAttribute attribute = reader.attributes()[0];
  EXPECT_EQ(text.substr(attribute.begin, attribute.end - attribute.begin), " c='1'");
  reader.Skip();
  EXPECT_EQ(text.substr(0, reader.position()), "<a><b c='1'>x</b>");
  ASSERT_TRUE(reader.NextChild());
  EXPECT_TRUE(reader.element().empty_tag);
  EXPECT_FALSE(reader.NextChild());
  EXPECT_EQ(text.substr(0, reader.position()), "<a><b c='1'>x</b><d/>");
}

TEST(XmlReader, LimitsDepth) {
  XmlLimits limits;
  limits.depth = 3;
  EXPECT_EQ(Outline("<a><b/></a>", limits), "a(b())");
  EXPECT_EQ(Outline("<a><b><c/></b></a>", limits), "a(b(c()))");
  EXPECT_EQ(Outline("<a><b><c><d/></c></b></a>", limits), "a(b(c(!limit");
}

TEST(XmlReader, LimitsAttributesApartFromNamespaces) {
  XmlLimits limits;
  limits.attributes = 2;
  limits.namespaces = 2;
  EXPECT_EQ(Outline("<a b='1' xmlns:p='u'/>", limits), "a()");
  EXPECT_EQ(Outline("<a b='1' c='2' xmlns:p='u' xmlns:q='v'/>", limits), "a()");
  EXPECT_EQ(Outline("<a b='1' c='2' d='3'/>", limits), "!limit");
  EXPECT_EQ(Outline("<a xmlns:p='u' xmlns:q='v' xmlns:r='w'/>", limits), "!limit");
}

TEST(XmlReader, LimitsWhereATagMayEnd) {
  const std::string_view text = "<a><b>x</b></a>";
  for (const std::size_t end : {text.size() - 1, text.size(), text.size() + 1}) {
    XmlReader reader(text, XmlLimits());
    ASSERT_TRUE(reader.ReadRoot());
    reader.set_end_limit(end);
    reader.SkipToDepth(0);
    EXPECT_EQ(reader.error(), end < text.size() ? XmlError::kLimit : XmlError::kNone) << end;
  }
}

TEST(XmlReader, StaysWhereItIsAfterAnError) {
  XmlReader reader("<a><b></c></a>", XmlLimits());
  ASSERT_TRUE(reader.ReadRoot() && reader.NextChild());
  EXPECT_FALSE(reader.NextChild());
  EXPECT_FALSE(reader.ok());
  EXPECT_FALSE(reader.NextChild());
  std::string_view text;
  EXPECT_FALSE(reader.ReadText(&text));
  XmlName name;
  EXPECT_FALSE(reader.ReadQName(&name));
  reader.SkipToDepth(0);
  EXPECT_FALSE(reader.ReadEpilog());
  EXPECT_EQ(reader.reason(), "An end tag does not match its start tag.");
}

}  // namespace
}  // namespace gsoaprm::wire
