#include "replay/service_order.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "replay/xml_tree.h"

namespace gsoaprm::replay {
namespace {

struct Facts {
  long sequence_number = 0;  // 0: none
  bool acknowledges = false;
  std::vector<std::pair<long, long>> ranges;

  bool Acknowledges(long number) const {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const auto& range) { return range.first <= number && number <= range.second; });
  }
};

Facts FactsOf(const HttpMessage& message) {
  Facts facts;
  const auto envelope = ParseXml(message.body);
  const Element* const header = envelope ? envelope->Child("Header") : nullptr;
  if (!header) return facts;
  if (const Element* const sequence = header->Child("Sequence"))
    facts.sequence_number = std::atol(sequence->Child("MessageNumber")->text.c_str());
  const Element* const acknowledgement = header->Child("SequenceAcknowledgement");
  facts.acknowledges = acknowledgement != nullptr;
  if (!acknowledgement) return facts;
  for (const Element& range : acknowledgement->children) {
    long lower = 0;
    long upper = 0;
    for (const Attribute& attribute : range.attributes)
      (attribute.name == "Lower" ? lower : upper) = std::atol(attribute.value.c_str());
    facts.ranges.emplace_back(lower, upper);
  }
  return facts;
}

struct Step {
  Event event;
  Facts facts;
  bool taken = false;  // of a request: the service did not send it away
};

bool MustPrecede(const Step& reply, const Step& other) {
  if (other.event.direction == Direction::kRequest)
    return other.taken && other.facts.sequence_number > 0 && !reply.facts.Acknowledges(other.facts.sequence_number);
  return reply.facts.sequence_number > 0 && other.facts.sequence_number > reply.facts.sequence_number;
}

// Where the reply at `index` belongs, not before its own request.
std::size_t Place(const std::vector<Step>& steps, std::size_t index) {
  std::size_t first = 0;
  for (std::size_t i = 0; i < index; i++)
    if (steps[i].event.exchange == steps[index].event.exchange) first = i + 1;
  for (std::size_t i = first; i < index; i++)
    if (MustPrecede(steps[index], steps[i])) return i;
  return index;
}

}  // namespace

std::vector<Event> InOrderOfService(const Capture& capture) {
  std::vector<Step> steps;
  for (const Event& event : capture.events) {
    Step step{event, FactsOf(event.message)};
    if (event.direction == Direction::kRequest) {
      for (const Event& answer : capture.events)
        if (answer.exchange == event.exchange && answer.direction == Direction::kResponse)
          step.taken = !answer.message.body.empty();
    }
    steps.push_back(std::move(step));
  }
  for (std::size_t i = 0; i < steps.size(); i++) {
    if (steps[i].event.direction == Direction::kRequest || !steps[i].facts.acknowledges) continue;
    const std::size_t place = Place(steps, i);
    const auto begin = steps.begin();
    std::rotate(begin + static_cast<std::ptrdiff_t>(place), begin + static_cast<std::ptrdiff_t>(i),
                begin + static_cast<std::ptrdiff_t>(i) + 1);
  }
  std::vector<Event> events;
  for (Step& step : steps) events.push_back(std::move(step.event));
  return events;
}

}  // namespace gsoaprm::replay
