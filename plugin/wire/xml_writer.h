// Appends XML to a string. No state: whoever writes an element also writes its end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gsoaprm::wire {

class XmlWriter {
 public:
  explicit XmlWriter(std::string* out) : out_(*out) {}

  // Markup as it stands.
  XmlWriter& Raw(std::string_view markup) {
    out_.append(markup);
    return *this;
  }
  // Escaped; good for content and for attribute values in double quotes.
  XmlWriter& Text(std::string_view text);
  XmlWriter& Number(std::uint64_t number);
  // <prefix:local>text</prefix:local>; without the colon when prefix is empty.
  XmlWriter& Element(std::string_view prefix, std::string_view local, std::string_view text);
  XmlWriter& Element(std::string_view prefix, std::string_view local, std::uint64_t number);
  XmlWriter& Start(std::string_view prefix, std::string_view local) { return Open(prefix, local).Raw(">"); }
  XmlWriter& End(std::string_view prefix, std::string_view local);
  XmlWriter& Empty(std::string_view prefix, std::string_view local) { return Open(prefix, local).Raw("/>"); }
  // <prefix:local, for attributes to follow.
  XmlWriter& Open(std::string_view prefix, std::string_view local);
  //  xmlns:prefix="uri", or xmlns="uri"
  XmlWriter& Declare(std::string_view prefix, std::string_view uri);

 private:
  XmlWriter& Name(std::string_view prefix, std::string_view local);

  std::string& out_;
};

}  // namespace gsoaprm::wire
