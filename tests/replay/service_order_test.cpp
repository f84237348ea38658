#include "replay/service_order.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gsoaprm::replay {
namespace {

std::string Text(const std::string& header) { return "<E><Header>" + header + "</Header><Body><x/></Body></E>"; }

Event Request(int exchange, int number) {
  Event event;
  event.exchange = exchange;
  event.message.body = Text("<Sequence><MessageNumber>" + std::to_string(number) + "</MessageNumber></Sequence>");
  return event;
}

Event Reply(int exchange, int number, int acknowledged) {
  Event event = Request(exchange, number);
  event.direction = Direction::kResponse;
  event.message.body =
      Text("<Sequence><MessageNumber>" + std::to_string(number) +
           "</MessageNumber></Sequence><SequenceAcknowledgement><AcknowledgementRange Lower='1' Upper='" +
           std::to_string(acknowledged) + "'/></SequenceAcknowledgement>");
  return event;
}

std::vector<std::string> Order(const std::vector<Event>& events) {
  Capture capture;
  capture.events = events;
  std::vector<std::string> order;
  for (const Event& event : InOrderOfService(capture))
    order.push_back((event.direction == Direction::kRequest ? ">" : "<") + std::to_string(event.exchange));
  return order;
}

using Names = std::vector<std::string>;

TEST(InOrderOfService, PutsAReplyBeforeWhatItDoesNotAcknowledge) {
  EXPECT_EQ(Order({Request(1, 1), Request(2, 2), Reply(1, 1, 1), Reply(2, 2, 2)}), (Names{">1", "<1", ">2", "<2"}));
}

TEST(InOrderOfService, LeavesAReplyBehindWhatItAcknowledges) {
  EXPECT_EQ(Order({Request(1, 1), Request(2, 2), Reply(1, 1, 2), Reply(2, 2, 2)}), (Names{">1", ">2", "<1", "<2"}));
}

TEST(InOrderOfService, OrdersRepliesByTheirNumbers) {
  EXPECT_EQ(Order({Request(1, 1), Request(2, 2), Reply(2, 2, 2), Reply(1, 1, 2)}), (Names{">1", ">2", "<1", "<2"}));
}

}  // namespace
}  // namespace gsoaprm::replay
