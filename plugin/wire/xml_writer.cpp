#include "wire/xml_writer.h"

#include <charconv>

#include "wire/xml_text.h"

namespace gsoaprm::wire {

namespace {

std::string_view Escape(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    default:
      return "&#xD;";
  }
}

}  // namespace

XmlWriter& XmlWriter::Text(std::string_view text) {
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!HasXmlClass(text[i], kEscapeByte)) continue;
    out_.append(text.substr(done, i - done)).append(Escape(text[i]));
    done = i + 1;
  }
  out_.append(text.substr(done));
  return *this;
}

XmlWriter& XmlWriter::Number(std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out_.append(digits, end);
  return *this;
}

XmlWriter& XmlWriter::Name(std::string_view prefix, std::string_view local) {
  if (!prefix.empty()) out_.append(prefix).push_back(':');
  out_.append(local);
  return *this;
}

XmlWriter& XmlWriter::Open(std::string_view prefix, std::string_view local) {
  out_.push_back('<');
  return Name(prefix, local);
}

XmlWriter& XmlWriter::End(std::string_view prefix, std::string_view local) {
  out_.append("</");
  return Name(prefix, local).Raw(">");
}

XmlWriter& XmlWriter::Element(std::string_view prefix, std::string_view local, std::string_view text) {
  return Start(prefix, local).Text(text).End(prefix, local);
}

XmlWriter& XmlWriter::Element(std::string_view prefix, std::string_view local, std::uint64_t number) {
  return Start(prefix, local).Number(number).End(prefix, local);
}

XmlWriter& XmlWriter::Declare(std::string_view prefix, std::string_view uri) {
  out_.append(prefix.empty() ? " xmlns" : " xmlns:").append(prefix).append("=\"");
  return Text(uri).Raw("\"");
}

}  // namespace gsoaprm::wire
