#include "wire/xml_text.h"

#include <algorithm>

namespace gsoaprm::wire {

namespace {

// Length of the UTF-8 sequence at the start of `text`, 0 when it is none; `code` receives the character.
std::size_t DecodeUtf8(std::string_view text, std::uint32_t* code) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  std::size_t length = 1;
  std::uint32_t least = 0;
  if (lead < 0x80) {
    *code = lead;
    return 1;
  }
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2, least = 0x80, *code = lead & 0x1fu;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3, least = 0x800, *code = lead & 0x0fu;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4, least = 0x10000, *code = lead & 0x07u;
  } else {
    return 0;
  }
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0u) != 0x80u) return 0;
    *code = (*code << 6) | (byte(i) & 0x3fu);
  }
  return *code >= least ? length : 0;
}

// XML 1.0 production Char.
bool IsXmlCharacter(std::uint32_t code) {
  if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
  if (code >= 0xd800 && code <= 0xdfff) return false;
  return code != 0xfffe && code != 0xffff && code <= 0x10ffff;
}

void AppendUtf8(std::uint32_t code, std::string* out) {
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xc0 | (code >> 6)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xe0 | (code >> 12)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else {
    out->push_back(static_cast<char>(0xf0 | (code >> 18)));
    out->push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3f)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3f)));
  }
}

// `digits` is what stands between "&#" and ";".
bool DecodeCharacterReference(std::string_view digits, std::string* out) {
  const bool hexadecimal = !digits.empty() && digits.front() == 'x';
  if (hexadecimal) digits.remove_prefix(1);
  if (digits.empty()) return false;
  std::uint32_t code = 0;
  for (const char c : digits) {
    std::uint32_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (hexadecimal && c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint32_t>(c - 'a') + 10;
    } else if (hexadecimal && c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint32_t>(c - 'A') + 10;
    } else {
      return false;
    }
    code = code * (hexadecimal ? 16u : 10u) + digit;
    if (code > 0x10ffff) return false;
  }
  if (!IsXmlCharacter(code)) return false;
  AppendUtf8(code, out);
  return true;
}

// `name` is what stands between "&" and ";".
bool DecodeReference(std::string_view name, std::string* out) {
  if (!name.empty() && name.front() == '#') return DecodeCharacterReference(name.substr(1), out);
  char c = 0;
  if (name == "amp") c = '&';
  if (name == "lt") c = '<';
  if (name == "gt") c = '>';
  if (name == "quot") c = '"';
  if (name == "apos") c = '\'';
  if (c == 0) return false;
  out->push_back(c);
  return true;
}

}  // namespace

bool IsAllXmlSpace(std::string_view text) { return std::all_of(text.begin(), text.end(), IsXmlSpace); }

std::string_view TrimXmlSpace(std::string_view text) {
  while (!text.empty() && IsXmlSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsXmlSpace(text.back())) text.remove_suffix(1);
  return text;
}

bool LooksLikeXml(std::string_view text) {
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  return !text.empty() && text.front() == '<';
}

bool IsPlainXmlText(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return HasXmlClass(c, kSpecialByte); });
}

bool IsXmlCharacters(std::string_view text) {
  while (!text.empty()) {
    std::uint32_t code = 0;
    const std::size_t length = DecodeUtf8(text, &code);
    if (length == 0 || !IsXmlCharacter(code)) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool DecodeXmlText(std::string_view raw, std::string* out) {
  if (raw.find("]]>") != std::string_view::npos || raw.find('<') != std::string_view::npos) return false;
  if (!IsXmlCharacters(raw)) return false;
  while (!raw.empty()) {
    const std::size_t ampersand = raw.find('&');
    out->append(raw.substr(0, ampersand));
    if (ampersand == std::string_view::npos) break;
    raw.remove_prefix(ampersand + 1);
    const std::size_t semicolon = raw.find(';');
    if (semicolon == std::string_view::npos || !DecodeReference(raw.substr(0, semicolon), out)) return false;
    raw.remove_prefix(semicolon + 1);
  }
  return true;
}

NumberError ParseXmlNumber(std::string_view text, std::uint64_t maximum, std::uint64_t* value) {
  text = TrimXmlSpace(text);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  if (text.empty()) return NumberError::kNotANumber;
  std::uint64_t number = 0;
  bool too_big = false;
  for (const char c : text) {
    if (c < '0' || c > '9') return NumberError::kNotANumber;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (!too_big && (number > maximum / 10 || number * 10 > maximum - digit)) too_big = true;
    if (!too_big) number = number * 10 + digit;
  }
  if (too_big) return NumberError::kTooBig;
  *value = number;
  return NumberError::kNone;
}

}  // namespace gsoaprm::wire
