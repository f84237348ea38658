#include "wire/rm_content.h"

#include "wire/xml_text.h"

namespace gsoaprm::wire {

int OrderedChildren::Place(const XmlName& name) {
  if (name.ns == ns_) {
    for (std::size_t i = 0; i < count_; ++i) {
      if (names_[i] != name.local) continue;
      if (i < expected_) return kOutOfOrder;
      expected_ = i + 1;
      return static_cast<int>(i);
    }
  }
  expected_ = count_;
  return kExtension;
}

bool OrderedChildren::Next(int* index) {
  while (reader_.NextChild()) {
    if (reader_.has_text()) break;
    *index = Place(reader_.element().name);
    if (*index == kOutOfOrder) {
      problem_ = ReadProblem::Invalid(reader_.element().name.local, "stands in the wrong place");
      return false;
    }
    if (*index != kExtension) return true;
    reader_.Skip();
  }
  if (reader_.ok() && reader_.has_text()) problem_ = ReadProblem::Invalid(owner_, "contains text");
  return false;
}

ReadProblem ReadRequiredText(XmlReader* reader, std::string_view element, std::string* text) {
  std::string_view view;
  if (!reader->ReadText(&view)) return ReadProblem::Invalid(element, "contains an element");
  if (view.empty()) return ReadProblem::Invalid(element, "is empty");
  text->assign(view);
  return ReadProblem();
}

ReadProblem ReadIdentifier(XmlReader* reader, SequenceId* id) {
  std::string text;
  ReadProblem problem = ReadRequiredText(reader, "Identifier", &text);
  if (!problem) *id = SequenceId(std::move(text));
  return problem;
}

ReadProblem ReadMessageNumber(XmlReader* reader, std::string_view element, MessageNumber* number) {
  std::string_view text;
  if (!reader->ReadText(&text)) return ReadProblem::Invalid(element, "contains an element");
  std::uint64_t value = 0;
  const NumberError error = ParseXmlNumber(text, MessageNumber::kMaximum, &value);
  if (error == NumberError::kTooBig) {
    return ReadProblem::Of(ReadError::kNumberRollover, element, "is above 9223372036854775807");
  }
  if (error != NumberError::kNone || value == 0) return ReadProblem::Invalid(element, "is not a number above 0");
  *number = MessageNumber(value);
  return ReadProblem();
}

}  // namespace gsoaprm::wire
