#include "wire/xml_reader.h"

#include <cstring>

#include "wire/xml_text.h"

namespace gsoaprm::wire {

namespace {

constexpr std::string_view kXmlNamespace = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view kXmlnsNamespace = "http://www.w3.org/2000/xmlns/";

// As ==, but most comparisons of names are decided by length and first character.
bool Same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || (a[0] == b[0] && std::memcmp(a.data(), b.data(), a.size()) == 0));
}

bool StartsWithAt(std::string_view text, std::size_t position, std::string_view what) {
  return text.size() - position >= what.size() && std::memcmp(text.data() + position, what.data(), what.size()) == 0;
}

}  // namespace

std::string Expanded(const XmlName& name) {
  std::string text = "{";
  return text.append(name.uri).append("}").append(name.local);
}

XmlReader::XmlReader(std::string_view text, const XmlLimits& limits)
    : text_(text), limits_(limits), guard_(text.size(), limits.guard), end_limit_(text.size()) {
  attributes_.reserve(8);
  open_.reserve(8);
  bindings_.reserve(16);
  if (StartsWithAt(text_, 0, "\xef\xbb\xbf")) position_ = 3;
}

bool XmlReader::Fail(XmlError error, const char* reason) {
  if (ok()) {
    error_ = error;
    reason_ = reason;
  }
  return false;
}

bool XmlReader::SkipSpace() {
  const std::size_t begin = position_;
  while (!AtEnd() && IsXmlSpace(text_[position_])) ++position_;
  return position_ > begin;
}

bool XmlReader::CheckEndLimit() {
  return position_ <= end_limit_ || Fail(XmlError::kLimit, "The SOAP header or a protocol message's body is too long.");
}

bool XmlReader::ReadRoot() {
  if (!SkipDeclaration()) return false;
  if (!SkipMisc()) return false;
  if (AtEnd() || text_[position_] != '<') return Malformed("The message does not begin with an element.");
  return ReadStartTag();
}

bool XmlReader::ReadEpilog() {
  if (!ok() || !SkipMisc()) return false;
  return AtEnd() || Malformed("Something follows the end of the message.");
}

bool XmlReader::SkipMisc() {
  for (;;) {
    SkipSpace();
    if (StartsWithAt(text_, position_, "<?")) {
      if (!SkipInstruction()) return false;
    } else if (StartsWithAt(text_, position_, "<!")) {
      if (!SkipComment()) return false;
    } else {
      return true;
    }
  }
}

bool XmlReader::SkipComment() {
  if (StartsWithAt(text_, position_, "<!DOCTYPE")) return Forbidden("A DOCTYPE is not allowed in SOAP.");
  if (!StartsWithAt(text_, position_, "<!--")) return Malformed("Markup that is no comment begins with <!.");
  const std::size_t end = text_.find("--", position_ + 4);
  if (end == std::string_view::npos || !StartsWithAt(text_, end, "-->")) return Malformed("A comment does not end.");
  position_ = end + 3;
  return true;
}

// Stands at the very beginning or nowhere. Parsers that are less strict would see another end of it where there is more
// markup in it.
bool XmlReader::SkipDeclaration() {
  constexpr std::string_view kBegin = "<?xml";
  if (!StartsWithAt(text_, position_, kBegin)) return true;
  const std::size_t begin = position_ + kBegin.size();
  if (begin < text_.size() && !IsXmlSpace(text_[begin])) return true;
  const std::size_t end = text_.find_first_of("<>?", begin);
  if (end == std::string_view::npos || !StartsWithAt(text_, end, "?>")) {
    return Malformed("The XML declaration does not end.");
  }
  position_ = end + 2;
  return true;
}

bool XmlReader::SkipInstruction() {
  if (!limits_.instructions) return Forbidden("A processing instruction is not allowed in SOAP.");
  const std::size_t end = text_.find("?>", position_ + 2);
  if (end == std::string_view::npos) return Malformed("A processing instruction does not end.");
  if (end == position_ + 2 || !HasXmlClass(text_[position_ + 2], kNameStartByte)) {
    return Malformed("A processing instruction has no name.");
  }
  position_ = end + 2;
  return true;
}

bool XmlReader::NextChild() {
  has_text_ = false;
  if (!ok() || open_.empty()) return false;
  if (open_.back().empty_tag) {
    Close();
    return false;
  }
  for (;;) {
    // Mostly a tag follows at once.
    const std::size_t next = !AtEnd() && text_[position_] == '<' ? position_ : text_.find('<', position_);
    if (next == std::string_view::npos || next + 1 >= text_.size()) return Malformed("The message ends early.");
    if (next != position_ && !IsAllXmlSpace(text_.substr(position_, next - position_))) has_text_ = true;
    position_ = next;
    switch (text_[next + 1]) {
      case '/':
        ReadEndTag();
        return false;
      case '?':
        if (!SkipInstruction()) return false;
        break;
      case '!':
        if (StartsWithAt(text_, next, "<![CDATA[")) {
          const std::size_t end = text_.find("]]>", next);
          if (end == std::string_view::npos) return Malformed("A CDATA section does not end.");
          has_text_ = true;
          position_ = end + 3;
        } else if (!SkipComment()) {
          return false;
        }
        break;
      default:
        return ReadStartTag();
    }
  }
}

void XmlReader::SkipToDepth(std::size_t depth) {
  while (ok() && open_.size() > depth) NextChild();
}

bool XmlReader::ReadName(std::string_view* qualified, XmlName* name) {
  const char* const begin = text_.data() + position_;
  const char* const end = text_.data() + text_.size();
  const char* local = begin;
  const char* at = begin;
  while (at != end && HasXmlClass(*at, kNameByte)) ++at;
  if (at != end && *at == ':') {
    local = ++at;
    while (at != end && HasXmlClass(*at, kNameByte)) ++at;
  }
  // Neither part may be empty, and no second colon may follow; a name with one would end before it.
  if (local == at || begin + 1 == local || !HasXmlClass(*begin, kNameStartByte) ||
      !HasXmlClass(*local, kNameStartByte) || (at != end && *at == ':')) {
    return Malformed("A name is missing or wrong.");
  }
  const auto view = [](const char* from, const char* to) {
    return std::string_view(from, static_cast<std::size_t>(to - from));
  };
  *qualified = view(begin, at);
  name->prefix = local == begin ? std::string_view() : view(begin, local - 1);
  name->local = view(local, at);
  position_ += qualified->size();
  return true;
}

bool XmlReader::ReadStartTag() {
  if (open_.size() >= limits_.depth) return Fail(XmlError::kLimit, "Elements are nested too deeply.");
  element_.begin = position_++;
  element_.empty_tag = false;
  attributes_.clear();
  decoded_.clear();
  const std::size_t outer_bindings = bindings_.size();
  std::string_view qualified;
  if (!ReadName(&qualified, &element_.name)) return false;
  for (;;) {
    const std::size_t begin = position_;
    const bool spaced = SkipSpace();
    if (AtEnd()) return Malformed("A start tag does not end.");
    const char c = text_[position_];
    if (c == '>') {
      ++position_;
      break;
    }
    if (c == '/') {
      if (!StartsWithAt(text_, position_, "/>")) return Malformed("A start tag does not end.");
      element_.empty_tag = true;
      position_ += 2;
      break;
    }
    if (!spaced) return Malformed("Attributes are not separated.");
    if (!ReadAttribute(begin, outer_bindings)) return false;
  }
  element_.content = position_;
  OpenElement& open = open_.emplace_back();
  open.qualified_name = qualified;
  open.bindings = outer_bindings;
  open.empty_tag = element_.empty_tag;
  if (!ResolvePrefix(&element_.name)) return Malformed("An element's prefix is not declared.");
  if (!guard_.NoteTag(attributes_.size() + bindings_.size() - outer_bindings, bindings_.size()))
    return Fail(XmlError::kLimit, guard_.problem());
  return ResolveAttributes() && CheckEndLimit();
}

bool XmlReader::ReadAttribute(std::size_t begin, std::size_t outer_bindings) {
  XmlName name;
  std::string_view qualified;
  std::string_view value;
  if (!ReadName(&qualified, &name)) return false;
  SkipSpace();
  if (AtEnd() || text_[position_] != '=') return Malformed("An attribute has no value.");
  ++position_;
  SkipSpace();
  if (!ReadAttributeValue(&value)) return false;
  if (!guard_.NoteAttribute(qualified, value)) return Fail(XmlError::kLimit, guard_.problem());
  if (Same(qualified, "xmlns")) return AddBinding(std::string_view(), value, outer_bindings);
  if (Same(name.prefix, "xmlns")) return AddBinding(name.local, value, outer_bindings);
  if (attributes_.size() >= limits_.attributes) return Fail(XmlError::kLimit, "An element has too many attributes.");
  XmlAttribute& attribute = attributes_.emplace_back();
  attribute.name.prefix = name.prefix;
  attribute.name.local = name.local;
  attribute.value = value;
  attribute.begin = begin;
  attribute.end = position_;
  return true;
}

bool XmlReader::ReadAttributeValue(std::string_view* value) {
  const char quote = AtEnd() ? '\0' : text_[position_];
  if (quote != '"' && quote != '\'') return Malformed("An attribute's value is not quoted.");
  const std::size_t end = text_.find(quote, position_ + 1);
  if (end == std::string_view::npos) return Malformed("An attribute's value does not end.");
  *value = text_.substr(position_ + 1, end - position_ - 1);
  position_ = end + 1;
  if (IsPlainXmlText(*value)) return true;
  // "]]>" is harmless here, unlike in text, and so rare that it may be refused all the same.
  decoded_.emplace_front();
  if (!DecodeXmlText(*value, &decoded_.front())) return Malformed("An attribute's value is not well-formed.");
  *value = decoded_.front();
  return true;
}

bool XmlReader::AddBinding(std::string_view prefix, std::string_view uri, std::size_t outer_bindings) {
  if (bindings_.size() - outer_bindings >= limits_.namespaces) {
    return Fail(XmlError::kLimit, "An element declares too many namespaces.");
  }
  if (bindings_.size() >= limits_.namespaces_in_scope) {
    return Fail(XmlError::kLimit, "Too many namespaces are declared.");
  }
  if (prefix == "xmlns" || uri == kXmlnsNamespace || (prefix == "xml") != (uri == kXmlNamespace)) {
    return Malformed("A reserved namespace prefix is declared.");
  }
  if (uri.empty() && !prefix.empty()) return Malformed("A namespace prefix is declared empty.");
  for (std::size_t i = outer_bindings; i < bindings_.size(); ++i) {
    if (Same(bindings_[i].prefix, prefix)) return Malformed("A namespace prefix is declared twice.");
  }
  Binding& binding = bindings_.emplace_back();
  binding.prefix = prefix;
  binding.uri = uri;
  if (!decoded_.empty() && uri.data() == decoded_.front().data()) {
    binding.uri = decoded_namespaces_.emplace_front(uri);
  }
  binding.ns = ClassifyNamespace(uri);
  return true;
}

bool XmlReader::ResolvePrefix(XmlName* name) const {
  for (std::size_t i = bindings_.size(); i-- > 0;) {
    const Binding& binding = bindings_[i];
    if (!Same(binding.prefix, name->prefix)) continue;
    name->uri = binding.uri;
    name->ns = binding.ns;
    return true;
  }
  name->uri = std::string_view();
  name->ns = KnownNamespace::kNone;
  if (name->prefix.empty()) return true;
  name->ns = KnownNamespace::kOther;
  if (name->prefix != "xml") return false;
  name->uri = kXmlNamespace;
  return true;
}

bool XmlReader::IsPrefixBound(std::string_view prefix) const {
  XmlName name;
  name.prefix = prefix;
  return ResolvePrefix(&name) && !name.uri.empty();
}

bool XmlReader::ResolveAttributes() {
  for (std::size_t i = 0; i < attributes_.size(); ++i) {
    XmlName& name = attributes_[i].name;
    // The default namespace does not apply to attributes.
    if (!name.prefix.empty() && !ResolvePrefix(&name)) return Malformed("An attribute's prefix is not declared.");
    for (std::size_t j = 0; j < i; ++j) {
      const XmlName& other = attributes_[j].name;
      if (Same(other.local, name.local) && other.uri == name.uri) return Malformed("An attribute stands twice.");
    }
  }
  return true;
}

const XmlAttribute* XmlReader::FindAttribute(std::string_view local) const {
  for (const XmlAttribute& attribute : attributes_) {
    if (attribute.name.prefix.empty() && attribute.name.local == local) return &attribute;
  }
  return nullptr;
}

void XmlReader::Close() {
  bindings_.resize(open_.back().bindings);
  open_.pop_back();
}

bool XmlReader::ReadEndTag() {
  const std::string_view name = open_.back().qualified_name;
  position_ += 2;
  if (!StartsWithAt(text_, position_, name)) return Malformed("An end tag does not match its start tag.");
  position_ += name.size();
  SkipSpace();
  if (AtEnd() || text_[position_] != '>') return Malformed("An end tag does not match its start tag.");
  ++position_;
  Close();
  return CheckEndLimit();
}

bool XmlReader::ReadText(std::string_view* text) {
  *text = std::string_view();
  if (!ok() || open_.empty()) return false;
  if (open_.back().empty_tag) {
    Close();
    return true;
  }
  return ScanText(text) && ReadEndTag();
}

bool XmlReader::ReadQName(XmlName* name) {
  *name = XmlName();
  std::string_view text;
  if (!ok() || open_.empty()) return false;
  if (open_.back().empty_tag) {
    Close();
    return true;
  }
  if (!ScanText(&text)) return false;
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) name->prefix = text.substr(0, colon);
  name->local = colon == std::string_view::npos ? text : text.substr(colon + 1);
  ResolvePrefix(name);
  return ReadEndTag();
}

// Up to the end tag of the open element.
bool XmlReader::ScanText(std::string_view* text) {
  const std::size_t next = text_.find('<', position_);
  if (next == std::string_view::npos) return Malformed("The message ends early.");
  const std::string_view raw = text_.substr(position_, next - position_);
  if (!StartsWithAt(text_, next, "</") || !IsPlainXmlText(raw)) return ScanTextSlowly(text);
  position_ = next;
  *text = TrimXmlSpace(raw);
  return true;
}

bool XmlReader::ScanTextSlowly(std::string_view* text) {
  scratch_.clear();
  for (;;) {
    const std::size_t next = text_.find('<', position_);
    if (next == std::string_view::npos) return Malformed("The message ends early.");
    if (!DecodeXmlText(text_.substr(position_, next - position_), &scratch_)) {
      return Malformed("Text is not well-formed.");
    }
    position_ = next;
    if (StartsWithAt(text_, next, "</")) {
      *text = TrimXmlSpace(scratch_);
      return true;
    }
    if (StartsWithAt(text_, next, "<![CDATA[")) {
      const std::size_t end = text_.find("]]>", next);
      if (end == std::string_view::npos) return Malformed("A CDATA section does not end.");
      const std::string_view characters = text_.substr(next + 9, end - next - 9);
      if (!IsXmlCharacters(characters)) return Malformed("Text is not well-formed.");
      scratch_.append(characters);
      position_ = end + 3;
    } else if (StartsWithAt(text_, next, "<!")) {
      if (!SkipComment()) return false;
    } else if (StartsWithAt(text_, next, "<?")) {
      if (!SkipInstruction()) return false;
    } else {
      ReadStartTag();
      return false;
    }
  }
}

}  // namespace gsoaprm::wire
