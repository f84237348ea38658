#include "wire/envelope_trimmer.h"

#include <gtest/gtest.h>

namespace gsoaprm::wire {
namespace {

std::string Trimmed(std::string entity) {
  TrimEnvelope(&entity);
  return entity;
}

TEST(EnvelopeTrimmer, TakesOutDeclarationsWhosePrefixOccursNowhere) {
  EXPECT_EQ(Trimmed("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<S:Envelope xmlns:S=\"s\" xmlns:E=\"e\" xmlns:x=\"x\" "
                    "xmlns:n=\"n\"><S:Body><n:Add/></S:Body></S:Envelope>"),
            "<S:Envelope xmlns:S=\"s\" xmlns:n=\"n\"><S:Body><n:Add/></S:Body></S:Envelope>");
}

TEST(EnvelopeTrimmer, KeepsPrefixesOfAttributesAndOfNamesInText) {
  const std::string used =
      "<S:Envelope xmlns:S=\"s\" xmlns:i=\"i\" xmlns:d=\"d\" xmlns:q=\"q\" xmlns:e=\"e\" e:encodingStyle=\"x\"><S:Body>"
      "<a i:type=\"d:string\">q:name</a></S:Body></S:Envelope>";
  EXPECT_EQ(Trimmed(used), used);
}

TEST(EnvelopeTrimmer, KeepsThePrefixOfTheEnvelopeItself) {
  EXPECT_EQ(Trimmed("<S:Envelope xmlns:S=\"s\"/>"), "<S:Envelope xmlns:S=\"s\"/>");
}

TEST(EnvelopeTrimmer, LeavesSignedMessagesAlone) {
  const std::string with =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><S:Envelope xmlns:S=\"s\" xmlns:x=\"x\" "
      "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:Signature/></S:Envelope>";
  EXPECT_EQ(Trimmed(with), with);
}

TEST(EnvelopeTrimmer, LeavesOtherEncodingsAlone) {
  const std::string latin = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><S:Envelope xmlns:S=\"s\" xmlns:x=\"x\"/>";
  EXPECT_EQ(Trimmed(latin), latin);
}

TEST(EnvelopeTrimmer, LeavesMultipartAndBrokenTextAlone) {
  for (const std::string text : {"--==boundary\r\n<S:Envelope xmlns:x=\"x\"/>", "", "<S:Envelope xmlns:x=\"x\"",
                                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"}) {
    EXPECT_EQ(Trimmed(text), text);
  }
}

TEST(EnvelopeTrimmer, TrimsMessagesUpToItsLimitOnly) {
  const std::string head = "<S:Envelope xmlns:S=\"s\" xmlns:x=\"x\">";
  for (const std::size_t size : {16383u, 16384u, 16385u}) {
    const std::string text = head + std::string(size - head.size(), 'y');
    EXPECT_EQ(Trimmed(text).size() < size, size <= 16384u) << size;
  }
}

}  // namespace
}  // namespace gsoaprm::wire
