#include "wire/multipart.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gsoaprm::wire {
namespace {

constexpr std::string_view kType =
    "multipart/related; charset=utf-8; boundary=\"==b==\"; type=\"application/xop+xml\"; start=\"<root>\"";

std::string Root(std::string_view entity, std::string_view content_type = kType) {
  const auto part = FindRootPart(entity, content_type);
  return part ? std::string(entity.substr(part->begin, part->end - part->begin)) : "!";
}

TEST(Multipart, IsTheWholeEntityWhenItIsNone) {
  EXPECT_EQ(Root("<a/>", "text/xml"), "<a/>");
  EXPECT_EQ(Root("<a/>", ""), "<a/>");
}

TEST(Multipart, FindsTheRootPartByStart) {
  EXPECT_EQ(Root("--==b==\r\nContent-Type: application/xop+xml\r\nContent-ID: <root>\r\n\r\n<a/>\r\n--==b==\r\n"
                 "Content-ID: <x>\r\n\r\nbinary\r\n--==b==--\r\n"),
            "<a/>");
}

TEST(Multipart, FindsTheRootPartBehindAnother) {
  EXPECT_EQ(Root("\r\n--==b==\r\nContent-ID: <x>\r\n\r\nb>\r\n--==b==\r\ncontent-id: root\r\n\r\n<a/>\r\n--==b==--"),
            "<a/>");
}

TEST(Multipart, TakesTheFirstPartWithoutStart) {
  EXPECT_EQ(Root("preamble\n--b\nContent-ID: <x>\n\n<a/>\n--b\n\n<b/>\n--b--", "multipart/related; boundary=b"),
            "<a/>");
}

TEST(Multipart, KeepsTheBoundaryTextInsideAPart) {
  EXPECT_EQ(Root("--b\r\n\r\n<a>--b\r\n</a>\r\n--b--", "multipart/related; boundary=b"), "<a>--b\r\n</a>");
  EXPECT_EQ(Root("--b\r\n\r\n<a>--b</a>\r\n--bc\r\n--b--", "multipart/related; boundary=b"), "<a>--b</a>\r\n--bc");
}

TEST(Multipart, AcceptsAnEmptyRootPart) { EXPECT_EQ(Root("--b\r\n\r\n--b--", "multipart/related; boundary=b"), ""); }

TEST(Multipart, RefusesWhatHasNoRootPart) {
  const std::string_view type = "multipart/related; boundary=b; start=\"<root>\"";
  for (const char* entity :
       {"", "<a/>", "--b", "--b--", "--b\r\n", "--b\r\n\r\n<a/>", "--b\r\n\r\n<a/>\r\n--b\r\n",
        "--b\r\nContent-ID: <x>\r\n\r\n<a/>\r\n--b--", "--b\r\nContent-ID: <root>",
        "--b\r\nContent-ID: <root>\r\nContent-Transfer-Encoding: base64\r\n\r\nPGEvPg==\r\n--b--"}) {
    EXPECT_EQ(Root(entity, type), "!") << entity;
  }
  EXPECT_EQ(Root("--b\r\n\r\n<a/>\r\n--b--", "multipart/related"), "!");
}

// The closing delimiter is there, as text, yet never at the beginning of a line.
TEST(Multipart, RefusesWhatIsClosedInTheMiddleOfALine) {
  const std::string_view type = "multipart/related; boundary=b; start=\"<root>\"";
  for (const char* entity :
       {"x--b--", "x--b--\n", "x--b--\n--b \t", "--b\nContent-ID: <root>\n\n<a/>--b--\n",
        "--b\nContent-ID: <x>\n\nz--b--\n", "--b\nContent-ID: <x>\n\nz--b--\n--b\n",
        "--b\nContent-ID: <x>\n\nz--b--\n--b\nContent-ID: <root>", "--b\nContent-ID: <x>\n\nz--b--\n--b  "})
    EXPECT_EQ(Root(entity, type), "!") << entity;
}

TEST(Multipart, AcceptsATabBeforeTheValueOfAPartsHeader) {
  EXPECT_EQ(Root("--==b==\r\nContent-ID:\t<root>\r\n\r\n<a/>\r\n--==b==--"), "<a/>");
}

TEST(Multipart, RefusesARootPartBehindXmlHoweverManyPartsFollow) {
  EXPECT_EQ(Root("--==b==\nContent-ID: <x>\n\n<x/>\n--==b==\nContent-ID: <root>\n\n<a/>\n"
                 "--==b==\nContent-ID: <y>\n\ny\n--==b==--"),
            "!");
}

TEST(Multipart, AcceptsBlanksBehindADelimiter) {
  EXPECT_EQ(Root("--b \t\r\n\r\n<a/>\r\n--b--", "multipart/related; boundary=b"), "<a/>");
  EXPECT_EQ(Root("--b \t\n\n<a/>\n--b\t\n\n<b/>\n--b--", "multipart/related; boundary=b"), "<a/>");
  EXPECT_EQ(Root("--b x\r\n\r\n<a/>\r\n--b--", "multipart/related; boundary=b"), "!");
}

TEST(Multipart, TakesAnIdentifierForItselfUnlessItIsWhollyInBrackets) {
  const auto with = [](std::string_view id, const std::string& start) {
    return Root("--b\n\nfirst\n--b\nContent-ID: " + std::string(id) + "\n\nfound\n--b--",
                "multipart/related; boundary=b; start=\"" + start + "\"");
  };
  EXPECT_EQ(with("<root", "<root"), "found");
  EXPECT_EQ(with("root>", "root>"), "found");
  EXPECT_EQ(with("<", "<"), "found");
  EXPECT_EQ(with("<root", "root"), "!");
  EXPECT_EQ(with("root>", "root"), "!");
  EXPECT_EQ(with("<other>", "root"), "!");
}

TEST(Multipart, RefusesARootPartInAnEncodingThatIsNotPlain) {
  const auto in = [](const std::string& encoding) {
    return Root("--b\nContent-Transfer-Encoding: " + encoding + "\n\n<a/>\n--b--", "multipart/related; boundary=b");
  };
  for (const char* plain : {"7bit", "8bit", "binary", "base6"}) EXPECT_EQ(in(plain), "<a/>") << plain;
  for (const char* encoded : {"base64", "BASE64", "quoted-printable", "Quoted-Printable"}) {
    EXPECT_EQ(in(encoded), "!") << encoded;
  }
}

// What gSOAP would take for the root, and parse, must be what was looked at.
TEST(Multipart, RefusesWhatGsoapWouldReadDifferently) {
  const std::string_view type = "multipart/related; boundary=b; start=\"<root>\"";
  const std::string root = "\r\n--b\r\nContent-ID: <root>\r\n\r\n<a/>\r\n--b--";
  const std::string binary = "--b\r\nContent-ID: <x>\r\n\r\nbinary";
  EXPECT_EQ(Root(binary + root, type), "<a/>");
  for (const std::string& entity : std::vector<std::string>{
           "x--b\r\nContent-ID: <root>\r\n\r\n<hostile/>" + root,  // a delimiter within a line
           "--c\r\n\r\n" + root,                                   // another's delimiter
           "--b\r\nContent-ID: <x>\r\n\r\n<hostile/>" + root,      // gSOAP matches identifiers otherwise
           "--b\r\nContent-ID: <x>\r\n\r\n\x01<hostile/>" + root,  // for gSOAP, a blank
           "--b\r\n\r\n<hostile/>" + root,                         // without an identifier
           "--b\r\nContent-ID: <root>\r\n \r\n<!--\r\n\r\n<hostile/>-->\r\n--b--",  // for gSOAP, no empty line
           "--b\r\nContent-ID: <root>\r\n\rx\n<hostile>:\r\n\r\n<a/>\r\n--b--",     // for gSOAP, an empty line
           "--b\r\nContent-Type: application/DIME\r\nContent-ID: <root>\r\n\r\n<a/>\r\n--b--",
           "--b\r\nContent-ID: root\r\n\r\n<a/>\r\n--b\r\n\r\n<hostile/>\r\n--b--",  // "<root>" is not "root" there
       }) {
    EXPECT_EQ(Root(entity, type), "!") << entity;
  }
  // Where there is no doubt, other parts are the application's business.
  EXPECT_EQ(Root("--b\r\nContent-ID: <root>\r\n\r\n<a/>\r\n--b\r\n\r\n<!DOCTYPE b><b/>\r\n--b--", type), "<a/>");
  EXPECT_EQ(Root("--b\r\nContent-ID: root\r\n\r\n<a/>\r\n--b\r\n\r\nbinary\r\n--b--", type), "<a/>");
}

TEST(Multipart, RefusesARootPartThatIsCutShort) {
  // Behind the closing delimiter nothing counts, so that what has it only before the root part has no root part.
  EXPECT_EQ(Root("--b--\n--b\n\n<a/>", "multipart/related; boundary=b"), "!");
  EXPECT_EQ(Root("x--b--\n--b\n\n<a/>", "multipart/related; boundary=b"), "!");
  EXPECT_EQ(Root("x--b--\n--b\nContent-Type: text/xml\n", "multipart/related; boundary=b"), "!");
}

TEST(MimeParameter, IsFoundQuotedOrNot) {
  EXPECT_EQ(MimeParameter("text/xml; charset=utf-8", "charset"), "utf-8");
  EXPECT_EQ(MimeParameter("text/xml;CharSet = \"utf-8\" ; b=c", "charset"), "utf-8");
  EXPECT_EQ(MimeParameter("a/b; x=\"1;charset=no\"; charset=yes", "charset"), "yes");
  EXPECT_EQ(MimeParameter("a/b; x=\"quo\\\"te\"", "x"), "quo\"te");
  EXPECT_EQ(MimeParameter("a/b; flag; x=1", "x"), "1");
}

TEST(MimeParameter, IsEmptyWhenItIsNotThere) {
  for (const char* value : {"", "text/xml", "text/xml;", "text/xml; ;", "text/xml; charset", "text/xml; x=\"charset=a",
                            "text/xml; xcharset=a", ";;;", "a;=b"}) {
    EXPECT_EQ(MimeParameter(value, "charset"), "") << value;
  }
}

TEST(MimeParameter, MayHaveAnEmptyValue) {
  EXPECT_EQ(MimeParameter("a/b; x=", "x"), "");
  EXPECT_EQ(MimeParameter("a/b; x=; y=1", "y"), "1");
  EXPECT_EQ(MimeParameter("a/b; x=\"", "x"), "");
  EXPECT_EQ(MimeParameter("a/b; x=\"a\\", "x"), "a\\");
}

TEST(MimeParameter, IsFoundByItsWholeName) {
  EXPECT_EQ(MimeParameter("a/b; boundar=1; boundaryy=2; bound[ry=3; boundary=4", "boundary"), "4");
}

}  // namespace
}  // namespace gsoaprm::wire
