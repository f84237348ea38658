// The cursor that finds the Header and its blocks, moved as the input says over text that the input is: it never leaves
// the text, what it tells lies where it says, an error is for good, and its limits hold.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/input.h"
#include "tests/fuzz/require.h"
#include "wire/multipart.h"
#include "wire/xml_reader.h"

namespace gsoaprm::wire {
namespace {

constexpr std::size_t kMovesInInput = 8;

bool Within(std::string_view part, std::string_view text) {
  return part.empty() || (part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size());
}

void CheckElement(const XmlReader& reader, std::string_view text, const XmlLimits& limits) {
  const XmlElement& element = reader.element();
  REQUIRE(element.begin < element.content && element.content <= text.size());
  REQUIRE(element.content <= reader.position());
  REQUIRE(text[element.begin] == '<' && text[element.content - 1] == '>');
  REQUIRE(Within(element.name.prefix, text) && Within(element.name.local, text));
  REQUIRE(!element.name.local.empty());
  REQUIRE(element.empty_tag == (text[element.content - 2] == '/'));
  REQUIRE(reader.attributes().size() <= limits.attributes);
  std::size_t end = element.begin;
  for (const XmlAttribute& attribute : reader.attributes()) {
    REQUIRE(attribute.begin >= end && attribute.begin < attribute.end && attribute.end < element.content);
    end = attribute.end;
    REQUIRE(!attribute.name.local.empty());
  }
}

class Cursor {
 public:
  Cursor(std::string_view text, const XmlLimits& limits) : text_(text), limits_(limits), reader_(text, limits) {}

  void Run(fuzz::Input* moves) {
    if (!reader_.ReadRoot()) {
      REQUIRE(!reader_.ok() && !reader_.reason().empty());
      return;
    }
    CheckElement(reader_, text_, limits_);
    // Behind the moves of the input it goes from child to child.
    while (reader_.ok() && reader_.depth() > 0) {
      const std::size_t before = reader_.position();
      const std::size_t depth = reader_.depth();
      Move(moves->Below(8));
      REQUIRE(reader_.position() >= before && reader_.position() <= text_.size());
      REQUIRE(reader_.depth() <= limits_.depth);
      if (!reader_.ok()) break;
      REQUIRE(reader_.depth() <= depth + 1);
      // Each move gets somewhere.
      REQUIRE(reader_.position() > before || reader_.depth() < depth);
    }
    CheckEnd();
  }

 private:
  void Move(std::size_t move) {
    std::string_view value;
    XmlName name;
    switch (move) {
      case 1:
        if (reader_.ReadText(&value)) REQUIRE(value.size() <= text_.size());
        break;
      case 2:
        reader_.ReadQName(&name);
        break;
      case 3:
        reader_.Skip();
        break;
      case 4:
        reader_.IsPrefixBound("s");
        reader_.FindAttribute("mustUnderstand");
        [[fallthrough]];
      default:
        if (reader_.NextChild()) CheckElement(reader_, text_, limits_);
    }
  }
  void CheckEnd() {
    if (reader_.ok()) reader_.ReadEpilog();
    if (reader_.ok()) {
      REQUIRE(reader_.position() == text_.size());
      return;
    }
    const XmlError error = reader_.error();
    const std::string reason = reader_.reason();
    REQUIRE(!reason.empty());
    REQUIRE(!reader_.NextChild() && reader_.error() == error && reader_.reason() == reason);
  }

  const std::string_view text_;
  const XmlLimits limits_;
  XmlReader reader_;
};

}  // namespace
}  // namespace gsoaprm::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gsoaprm;
  if (size < wire::kMovesInInput) return 0;
  fuzz::Input moves(data, wire::kMovesInInput);
  const std::string text = fuzz::Input(data + wire::kMovesInInput, size - wire::kMovesInInput).Rest();
  wire::XmlLimits limits;
  const std::size_t choice = moves.Below(4);
  if (choice == 1) {
    limits.depth = limits.namespaces_in_scope = 4;
    limits.attributes = limits.namespaces = 2;
  }
  wire::Cursor(text, limits).Run(&moves);
  if (const auto part = wire::FindRootPart(text, "multipart/related; boundary=b; start=\"<r>\"")) {
    REQUIRE(part->begin <= part->end && part->end <= text.size());
  }
  return 0;
}
