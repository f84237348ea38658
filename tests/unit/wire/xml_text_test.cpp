#include "wire/xml_text.h"

#include <gtest/gtest.h>

#include <string>

namespace gsoaprm::wire {
namespace {

TEST(XmlText, ResolvesTheFivePredefinedEntities) {
  std::string out;
  EXPECT_TRUE(DecodeXmlText("&lt;a href=&quot;&apos;&quot;&gt; &amp;amp;", &out));
  EXPECT_EQ(out, "<a href=\"'\"> &amp;");
}

TEST(XmlText, ResolvesCharacterReferencesToUtf8) {
  std::string out;
  EXPECT_TRUE(DecodeXmlText("&#65;&#x42;&#xe9;&#8364;&#x1F600;&#x0a;", &out));
  EXPECT_EQ(out, "AB\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\n");
}

TEST(XmlText, RefusesReferencesThatMeanNothing) {
  for (const char* text : {"&", "&;", "&amp", "&nbsp;", "&#;", "&#x;", "&#12a;", "&#xg;", "&#0;", "&#x1;", "&#xD800;",
                           "&#x110000;", "&#99999999999999999999;", "&#xFFFE;", "a & b", "&#-1;", "&# 65;"}) {
    std::string out;
    EXPECT_FALSE(DecodeXmlText(text, &out)) << text;
  }
}

TEST(XmlText, RefusesMarkupAndTheEndOfCdata) {
  std::string out;
  EXPECT_FALSE(DecodeXmlText("a<b", &out));
  EXPECT_FALSE(DecodeXmlText("a]]>b", &out));
  EXPECT_TRUE(DecodeXmlText("a]]b]>", &out));
}

TEST(XmlText, AcceptsWellFormedUtf8Only) {
  EXPECT_TRUE(IsXmlCharacters("\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbd\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
  for (const char* text :
       {"\x80", "\xe0\x81\x81", "\xf0\x80\x81\x81", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x80\x80", "\xe2\x82",
        "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3(", "\xef\xbf\xbf"}) {
    EXPECT_FALSE(IsXmlCharacters(text)) << testing::PrintToString(text);
  }
}

TEST(XmlText, RefusesControlCharacters) {
  EXPECT_TRUE(IsXmlCharacters("\t\r\n "));
  EXPECT_FALSE(IsXmlCharacters("\x01"));
  EXPECT_FALSE(IsXmlCharacters(std::string("a\0b", 3)));
  EXPECT_FALSE(IsXmlCharacters("\x1f"));
}

TEST(XmlText, TrimsXmlWhitespaceOnly) {
  EXPECT_EQ(TrimXmlSpace(" \t\r\n a b \n"), "a b");
  EXPECT_EQ(TrimXmlSpace("\v a"), "\v a");
  EXPECT_EQ(TrimXmlSpace("  "), "");
}

TEST(XmlNumber, ReadsIntegersWithWhitespaceAndPlus) {
  std::uint64_t value = 0;
  EXPECT_EQ(ParseXmlNumber("\n 42 ", 100, &value), NumberError::kNone);
  EXPECT_EQ(value, 42u);
  EXPECT_EQ(ParseXmlNumber("+7", 100, &value), NumberError::kNone);
  EXPECT_EQ(value, 7u);
  EXPECT_EQ(ParseXmlNumber("000000000000000000000000000009", 100, &value), NumberError::kNone);
  EXPECT_EQ(value, 9u);
}

TEST(XmlNumber, KnowsItsMaximum) {
  std::uint64_t value = 0;
  EXPECT_EQ(ParseXmlNumber("99", 100, &value), NumberError::kNone);
  EXPECT_EQ(ParseXmlNumber("100", 100, &value), NumberError::kNone);
  EXPECT_EQ(ParseXmlNumber("101", 100, &value), NumberError::kTooBig);
  EXPECT_EQ(ParseXmlNumber("18446744073709551615", UINT64_MAX, &value), NumberError::kNone);
  EXPECT_EQ(ParseXmlNumber("18446744073709551616", UINT64_MAX, &value), NumberError::kTooBig);
  EXPECT_EQ(ParseXmlNumber("99999999999999999999999999", UINT64_MAX, &value), NumberError::kTooBig);
}

TEST(XmlNumber, RefusesWhatIsNoNumber) {
  std::uint64_t value = 0;
  for (const char* text :
       {"", " ", "+", "-1", "-0", "1.0", "1e3", "0x10", "1 2", "one", "++1", "99999999999999999999x"}) {
    EXPECT_EQ(ParseXmlNumber(text, 100, &value), NumberError::kNotANumber) << text;
  }
}

}  // namespace
}  // namespace gsoaprm::wire
