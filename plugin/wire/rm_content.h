// What the readers of RM header blocks and of RM bodies have in common: order of children, identifiers, numbers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/types.h"
#include "wire/read_problem.h"
#include "wire/xml_reader.h"

namespace gsoaprm::wire {

// The children of an RM element: some that are known, in a fixed order, each at most once, then extensions. WCF's
// parser checks this order, and so do we.
class OrderedChildren {
 public:
  static constexpr int kExtension = -1;
  static constexpr int kOutOfOrder = -2;

  // `owner` and `names` must outlive this object.
  OrderedChildren(XmlReader* reader, std::string_view owner, RmVersion version, const std::string_view* names,
                  std::size_t count)
      : reader_(*reader), owner_(owner), ns_(Namespace(version)), names_(names), count_(count) {}
  template <std::size_t N>
  OrderedChildren(XmlReader* reader, std::string_view owner, RmVersion version, const std::string_view (&names)[N])
      : OrderedChildren(reader, owner, version, names, N) {}

  // To the next known child, which is then open: true and its place in `names`. Extensions are skipped. False at the
  // end of the owner, or when something is wrong: see problem().
  bool Next(int* index);
  const ReadProblem& problem() const { return problem_; }

 private:
  int Place(const XmlName& name);

  XmlReader& reader_;
  std::string_view owner_;
  KnownNamespace ns_;
  const std::string_view* names_;
  std::size_t count_;
  std::size_t expected_ = 0;
  ReadProblem problem_;
};

// Text of the open element, which must not be empty.
ReadProblem ReadRequiredText(XmlReader* reader, std::string_view element, std::string* text);
ReadProblem ReadIdentifier(XmlReader* reader, SequenceId* id);
// Text of the open element as a message number: 1 .. 2^63-1. Above that it is a rollover (WS-RM 1.1 section 3.3).
ReadProblem ReadMessageNumber(XmlReader* reader, std::string_view element, MessageNumber* number);

}  // namespace gsoaprm::wire
