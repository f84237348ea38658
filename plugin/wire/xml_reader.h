// A strict pull reader of XML in memory: elements with their namespaces resolved, attributes, text with references
// decoded. Comments are passed over, DOCTYPE is refused, processing instructions as is wished. Tells the offset of
// everything, so that blocks can be cut out of the text.
//
// A cursor: it stands inside the innermost open element, just behind what was read of it. Offsets and views refer to
// the text given to the constructor, which must outlive the reader.
#pragma once

#include <cstddef>
#include <forward_list>
#include <string>
#include <string_view>
#include <vector>

#include "wire/known_namespaces.h"
#include "wire/xml_guard.h"

namespace gsoaprm::wire {

struct XmlLimits {
  std::size_t depth = 128;
  std::size_t attributes = 256;  // per element, namespace declarations not counted
  std::size_t namespaces = 64;   // declarations per element
  // Declarations of an element and all around it: every name is looked up among them, one after the other.
  std::size_t namespaces_in_scope = 256;
  bool instructions = true;  // whether there may be processing instructions
  XmlGuardLimits guard;
};

enum class XmlError {
  kNone,
  kMalformed,
  kForbidden,  // a DOCTYPE, a processing instruction
  kLimit,
};

struct XmlName {
  std::string_view prefix;
  std::string_view local;
  std::string_view uri;
  KnownNamespace ns = KnownNamespace::kNone;
};

// "{namespace}name"
std::string Expanded(const XmlName& name);

struct XmlElement {
  XmlName name;
  std::size_t begin = 0;    // of its '<'
  std::size_t content = 0;  // just behind the '>' of its start tag
  bool empty_tag = false;   // <name/>
};

struct XmlAttribute {
  XmlName name;
  std::string_view value;  // references decoded
  std::size_t begin = 0;   // of the whitespace before it
  std::size_t end = 0;
};

class XmlReader {
 public:
  XmlReader(std::string_view text, const XmlLimits& limits);
  XmlReader(const XmlReader&) = delete;
  XmlReader& operator=(const XmlReader&) = delete;

  // From the beginning to behind the start tag of the root element.
  bool ReadRoot();
  // To behind the next child's start tag: true, and that child is open. At the end of the open element: false, and it
  // is closed. Text in between is passed over; has_text() tells whether there was any but whitespace.
  bool NextChild();
  bool has_text() const { return has_text_; }
  // The open element's text without surrounding whitespace; closes it. False when it has a child element, which is
  // then open. The view is good until the next call that reads text.
  bool ReadText(std::string_view* text);
  // As ReadText for a QName in content, with the namespaces in scope. A prefix that is not declared gives kOther
  // with an empty uri.
  bool ReadQName(XmlName* name);
  // Closes elements until `depth` are open.
  void SkipToDepth(std::size_t depth);
  // Closes the innermost open element.
  void Skip() { SkipToDepth(open_.size() - 1); }
  // Behind the root element: only comments, instructions and whitespace up to the end.
  bool ReadEpilog();

  // The element whose start tag was read last.
  const XmlElement& element() const { return element_; }
  const std::vector<XmlAttribute>& attributes() const { return attributes_; }
  // The attribute without namespace of that name, or null.
  const XmlAttribute* FindAttribute(std::string_view local) const;

  // Where the reader stands: behind the last tag read.
  std::size_t position() const { return position_; }
  // How many elements are open.
  std::size_t depth() const { return open_.size(); }
  // Whether a prefix means anything where the reader stands.
  bool IsPrefixBound(std::string_view prefix) const;
  // A tag that ends behind this offset is a limit exceeded.
  void set_end_limit(std::size_t offset) { end_limit_ = offset; }

  bool ok() const { return error_ == XmlError::kNone; }
  XmlError error() const { return error_; }
  const std::string& reason() const { return reason_; }

 private:
  struct OpenElement {
    std::string_view qualified_name;
    std::size_t bindings;  // how many were in scope outside
    bool empty_tag;
  };
  struct Binding {
    std::string_view prefix;
    std::string_view uri;
    KnownNamespace ns;
  };

  bool Fail(XmlError error, const char* reason);
  bool Malformed(const char* reason) { return Fail(XmlError::kMalformed, reason); }
  bool Forbidden(const char* reason) { return Fail(XmlError::kForbidden, reason); }
  bool AtEnd() const { return position_ >= text_.size(); }
  bool SkipSpace();
  bool ReadName(std::string_view* qualified, XmlName* name);
  bool ReadStartTag();
  bool ReadAttribute(std::size_t begin, std::size_t outer_bindings);
  bool ReadAttributeValue(std::string_view* value);
  bool AddBinding(std::string_view prefix, std::string_view uri, std::size_t outer_bindings);
  bool ResolveAttributes();
  bool ResolvePrefix(XmlName* name) const;
  bool ReadEndTag();
  void Close();
  bool ScanText(std::string_view* text);
  bool ScanTextSlowly(std::string_view* text);
  bool SkipMisc();
  bool SkipComment();
  bool SkipInstruction();
  bool SkipDeclaration();
  bool CheckEndLimit();

  std::string_view text_;
  XmlLimits limits_;
  XmlGuard guard_;
  std::size_t position_ = 0;
  std::size_t end_limit_;
  XmlElement element_;
  std::vector<XmlAttribute> attributes_;
  std::vector<OpenElement> open_;
  std::vector<Binding> bindings_;
  std::forward_list<std::string> decoded_;  // the element's attribute values that had references
  // Namespace names that had references. A name may be looked at after its element: they stay as long as the reader.
  std::forward_list<std::string> decoded_namespaces_;
  std::string scratch_;  // text that had references or several pieces
  bool has_text_ = false;
  XmlError error_ = XmlError::kNone;
  std::string reason_;
};

}  // namespace gsoaprm::wire
