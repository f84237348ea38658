#include "config/wcf_document.h"

#include <algorithm>

#include "wire/xml_reader.h"
#include "wire/xml_text.h"

namespace gsoaprm::config {
namespace {

// Which line an offset is on. Offsets must not go back, so that a file is counted once.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}

  int LineOf(std::size_t offset) {
    offset = std::min(offset, text_.size());
    if (offset <= position_) return line_;
    const std::string_view passed = text_.substr(position_, offset - position_);
    line_ += static_cast<int>(std::count(passed.begin(), passed.end(), '\n'));
    position_ = offset;
    return line_;
  }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
  int line_ = 1;
};

std::string QualifiedName(const wire::XmlName& name) {
  std::string text(name.prefix);
  if (!text.empty()) text += ':';
  return text.append(name.local);
}

class TreeReader {
 public:
  explicit TreeReader(std::string_view text) : text_(text), lines_(text), reader_(text, wire::XmlLimits()) {}

  wire::XmlReader& reader() { return reader_; }
  // Where the reader stands, which may be behind the line of the element it just opened.
  int line() { return lines_.LineOf(reader_.position()); }
  int element_line() { return lines_.LineOf(reader_.element().begin); }

  // The element that was just opened, with all that is in it.
  bool ReadElement(WcfElement* element) {
    ReadStartTag(element);
    while (reader_.NextChild()) {
      element->has_text |= reader_.has_text();
      if (!ReadElement(&element->children.emplace_back())) return false;
    }
    element->has_text |= reader_.has_text();
    return reader_.ok();
  }

 private:
  void ReadStartTag(WcfElement* element) {
    element->name = QualifiedName(reader_.element().name);
    element->line = lines_.LineOf(reader_.element().begin);
    for (const wire::XmlAttribute& attribute : reader_.attributes()) {
      std::size_t begin = attribute.begin;
      while (wire::IsXmlSpace(text_[begin])) ++begin;
      element->attributes.push_back(
          {QualifiedName(attribute.name), std::string(attribute.value), lines_.LineOf(begin)});
    }
  }

  std::string_view text_;
  LineCounter lines_;
  wire::XmlReader reader_;
};

bool IsUtf16(std::string_view text) {
  return text.size() >= 2 && (text.substr(0, 2) == "\xff\xfe" || text.substr(0, 2) == "\xfe\xff");
}

}  // namespace

const WcfAttribute* WcfElement::Find(std::string_view attribute) const {
  for (const WcfAttribute& candidate : attributes) {
    if (candidate.name == attribute) return &candidate;
  }
  return nullptr;
}

std::string_view WcfElement::Value(std::string_view attribute, std::string_view otherwise) const {
  const WcfAttribute* const found = Find(attribute);
  return found ? std::string_view(found->value) : otherwise;
}

bool WcfDocument::Refuse(int line, const std::string& sentence, std::string* error) const {
  *error = source_ + ":" + std::to_string(line) + ": " + sentence;
  return false;
}

bool WcfDocument::Refuse(const std::string& sentence, std::string* error) const {
  *error = source_ + ": " + sentence;
  return false;
}

bool WcfDocument::Read(std::string_view text, std::string* error) {
  if (IsUtf16(text)) return Refuse(1, "The file is UTF-16; save it as UTF-8.", error);
  TreeReader tree(text);
  wire::XmlReader& reader = tree.reader();
  service_model_ = WcfElement();
  const bool has_root = reader.ReadRoot();
  if (has_root && reader.element().name.local != "configuration") {
    return Refuse(tree.element_line(),
                  "The root element must be <configuration>, not <" + QualifiedName(reader.element().name) + ">.",
                  error);
  }
  while (reader.NextChild()) {
    if (reader.element().name.local != "system.serviceModel") {
      reader.Skip();
    } else if (service_model_.line != 0) {
      return Refuse(
          tree.line(),
          "<system.serviceModel> stands here again; the first is on line " + std::to_string(service_model_.line) + ".",
          error);
    } else if (!tree.ReadElement(&service_model_)) {
      break;
    }
  }
  if (!reader.ReadEpilog()) return Refuse(tree.line(), "This is not well-formed XML: " + reader.reason(), error);
  if (service_model_.line != 0) return true;
  return Refuse("There is no <system.serviceModel> in <configuration>.", error);
}

bool WcfDocument::FindSection(std::string_view name, const WcfElement** section, std::string* error) const {
  *section = nullptr;
  for (const WcfElement& child : service_model_.children) {
    if (child.name != name) continue;
    if (*section) {
      return Refuse(
          child.line,
          "<" + child.name + "> stands here again; the first is on line " + std::to_string((*section)->line) + ".",
          error);
    }
    *section = &child;
    if (const WcfAttribute* const other_file = child.Find("configSource")) {
      return Refuse(other_file->line,
                    "<" + child.name + "> is in another file, which is not read: move it from '" + other_file->value +
                        "' to here.",
                    error);
    }
  }
  return true;
}

}  // namespace gsoaprm::config
