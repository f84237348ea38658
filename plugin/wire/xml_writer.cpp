#include "wire/xml_writer.h"

#include <charconv>

namespace gsoaprm::wire {

XmlWriter& XmlWriter::Text(std::string_view text) {
  for (;;) {
    // A carriage return would be read back as a line feed.
    const std::size_t special = text.find_first_of("&<>\"\r");
    out_.append(text.substr(0, special));
    if (special == std::string_view::npos) return *this;
    switch (text[special]) {
      case '&': out_.append("&amp;"); break;
      case '<': out_.append("&lt;"); break;
      case '>': out_.append("&gt;"); break;
      case '"': out_.append("&quot;"); break;
      default: out_.append("&#xD;"); break;
    }
    text.remove_prefix(special + 1);
  }
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
