// Exchanges of a client's session that bring nothing and do not end: which of them is given up, and when.
#include <gtest/gtest.h>

#include <future>

#include "tests/unit/session/client_session.h"

namespace gsoaprm::session {
namespace {

using engine::Transmit;

// The exchanges that were given up when CreateSequence had hung for so many intervals.
std::vector<ExchangeId> GivenUp(ClientSession* session, FakeExchanges* exchanges, FakeClock* clock, int intervals) {
  auto waiting = std::async(std::launch::async, [session] { return session->Open(nullptr).ok(); });
  EXPECT_TRUE(exchanges->WaitForStarted(1));
  for (int i = 0; i < intervals; i++) {
    clock->Advance(Duration::Seconds(10));
    session->HandleDeadline(clock->Now());
  }
  EXPECT_EQ(exchanges->started().size(), 1u + static_cast<std::size_t>(intervals));
  std::vector<ExchangeId> given_up = exchanges->cancelled();
  session->Drop();
  EXPECT_FALSE(waiting.get());
  return given_up;
}

TEST_F(ClientSessionTest, LetsAnExchangeThatHangsGoOnBesideItsCopyWhileThereIsRoomForBoth) {
  exchanges_->answer_create = false;
  exchanges_->most_at_once = 3;
  EXPECT_TRUE(GivenUp(&session(), exchanges_.get(), &clock_, 2).empty());
}

TEST_F(ClientSessionTest, GivesUpTheEarliestExchangeThatHangsWhenThereIsNoRoomForItsCopy) {
  exchanges_->answer_create = false;
  exchanges_->most_at_once = 3;
  EXPECT_EQ(GivenUp(&session(), exchanges_.get(), &clock_, 4), (std::vector<ExchangeId>{ExchangeId(1), ExchangeId(2)}));
}

TEST_F(ClientSessionTest, GivesUpTheOnlyExchangeWhenThereIsRoomForOne) {
  exchanges_->answer_create = false;
  exchanges_->most_at_once = 1;
  EXPECT_EQ(GivenUp(&session(), exchanges_.get(), &clock_, 1), (std::vector<ExchangeId>{ExchangeId(1)}));
}

TEST_F(ClientSessionTest, GivesUpNoExchangeOfAMessageBeforeItHasHungForTheInterval) {
  options_.shape = engine::SessionShape::kOneWay;
  exchanges_->most_at_once = 1;
  Submit();
  const Timestamp start = clock_.Now();
  while (exchanges_->cancelled().empty() && clock_.Now() - start < Duration::Seconds(60)) {
    clock_.Advance(Duration::Milliseconds(100));
    session().HandleDeadline(clock_.Now());
  }
  EXPECT_GE(clock_.Now() - start, Duration::Seconds(10));
  ASSERT_EQ(exchanges_->cancelled().size(), 1u);
  EXPECT_EQ(exchanges_->cancelled()[0], exchanges_->started()[0].exchange);
  EXPECT_EQ(exchanges_->started().back().number, MessageNumber(1));
}

TEST_F(ClientSessionTest, GivesUpNoExchangeOfAnotherMessage) {
  options_.shape = engine::SessionShape::kOneWay;
  options_.handshake_retry_interval = Duration::Milliseconds(1);
  Submit();
  session().FinishExchange(exchanges_->started()[0].exchange, Acknowledgement(1));
  exchanges_->most_at_once = 1;
  Submit();
  clock_.Advance(Duration::Milliseconds(1));
  Submit();
  EXPECT_EQ(exchanges_->started().size(), 3u);
  EXPECT_TRUE(exchanges_->cancelled().empty());
}

TEST_F(ClientSessionTest, GivesUpTheEarliestExchangeOfAnotherMessageForACopyThatHoldsNoPlace) {
  options_.shape = engine::SessionShape::kOneWay;
  Submit();
  session().FinishExchange(exchanges_->started()[0].exchange, Acknowledgement(1));
  Submit();
  Submit();
  const std::vector<Transmit> started = exchanges_->started();
  ASSERT_EQ(started.size(), 3u);
  exchanges_->most_at_once = 1;
  // The second message's exchange breaks, and the third's hangs in the place that the second's copies need.
  session().FinishExchange(started[1].exchange, NoAnswer());
  const Timestamp start = clock_.Now();
  while (exchanges_->cancelled().empty() && clock_.Now() - start < Duration::Seconds(60)) {
    clock_.Advance(Duration::Milliseconds(100));
    session().HandleDeadline(clock_.Now());
  }
  EXPECT_GE(clock_.Now() - start, Duration::Seconds(10));
  EXPECT_EQ(exchanges_->cancelled(), (std::vector<ExchangeId>{started[2].exchange}));
}

TEST_F(ClientSessionTest, GivesUpCreateSequenceThatStillHangsWhenTheSessionIsOpen) {
  exchanges_->answer_create = false;
  auto waiting = std::async(std::launch::async, [this] { return session().Open(nullptr).ok(); });
  ASSERT_TRUE(exchanges_->WaitForStarted(1));
  clock_.Advance(Duration::Seconds(10));
  session().HandleDeadline(clock_.Now());
  const auto creates = exchanges_->started();
  ASSERT_EQ(creates.size(), 2u);
  session().FinishExchange(creates[1].exchange, FakeExchanges::Created(creates[1].envelope));
  EXPECT_TRUE(waiting.get());
  EXPECT_EQ(exchanges_->cancelled(), (std::vector<ExchangeId>{creates[0].exchange}));
}

}  // namespace
}  // namespace gsoaprm::session
