// Characters of XML: classes of bytes, references, numbers, whitespace.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gsoaprm::wire {

inline bool IsXmlSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool IsAllXmlSpace(std::string_view text);
std::string_view TrimXmlSpace(std::string_view text);

// Whether gSOAP's parser would find an element: it passes over a byte order mark and takes every control character for
// whitespace. On anything else it fails at once.
bool LooksLikeXml(std::string_view text);

// Byte classes as bits; every byte above 0x7f counts as part of a name.
constexpr unsigned char kNameStartByte = 1;
constexpr unsigned char kNameByte = 2;
constexpr unsigned char kSpecialByte = 4;  // ends the fast path of character data: & < ] control, not ASCII
constexpr unsigned char kEscapeByte = 8;   // cannot be written as it stands

struct XmlByteClasses {
  unsigned char of[256] = {};
  constexpr XmlByteClasses() {
    for (int i = 0; i < 256; ++i) {
      const bool letter = (i >= 'a' && i <= 'z') || (i >= 'A' && i <= 'Z') || i == '_' || i >= 0x80;
      const bool digit = i >= '0' && i <= '9';
      const bool space = i == ' ' || i == '\t' || i == '\n' || i == '\r';
      if (letter) of[i] |= kNameStartByte | kNameByte;
      if (digit || i == '-' || i == '.') of[i] |= kNameByte;
      if (i == '&' || i == '<' || i == ']' || i >= 0x80 || (i < 0x20 && !space)) of[i] |= kSpecialByte;
      // A carriage return would be read back as a line feed.
      if (i == '&' || i == '<' || i == '>' || i == '"' || i == '\r') of[i] |= kEscapeByte;
    }
  }
};
inline constexpr XmlByteClasses kXmlByteClasses;

inline bool HasXmlClass(char c, unsigned char wanted) {
  return (kXmlByteClasses.of[static_cast<unsigned char>(c)] & wanted) != 0;
}

// Whether all of `text` can be taken as it stands: printable ASCII or whitespace, no reference, no markup.
bool IsPlainXmlText(std::string_view text);

// Whether every byte belongs to well-formed UTF-8 and every character is allowed in XML 1.0.
bool IsXmlCharacters(std::string_view text);

// Appends `raw` with its references resolved: the five predefined entities and character references, no others, as
// there is no DOCTYPE to declare them. False when `raw` is not well-formed character data.
bool DecodeXmlText(std::string_view raw, std::string* out);

enum class NumberError { kNone, kNotANumber, kTooBig };

// xs:integer within 0 .. maximum, whitespace around it allowed. Negative counts as not a number.
NumberError ParseXmlNumber(std::string_view text, std::uint64_t maximum, std::uint64_t* value);

}  // namespace gsoaprm::wire
