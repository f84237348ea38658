#include "engine/handshake.h"
#include "tests/unit/engine/initiator_driver.h"

namespace gsoaprm::engine {
namespace {

const wire::CreateSequence& CreateBody(const Transmit& transmit) {
  return std::get<wire::CreateSequence>(transmit.envelope.body);
}

TEST(InitiatorOpening, WritesCreateSequenceWithOfferAsWcfDoes) {
  InitiatorDriver driver(Options2005());
  driver.Open();
  const wire::Envelope& envelope = driver.last().envelope;
  EXPECT_EQ(SessionState::kOpening, driver.session.state());
  EXPECT_EQ(wire::RmAction::kCreateSequence, envelope.rm_action);
  EXPECT_TRUE(envelope.addressing.message_id.has_value());
  EXPECT_FALSE(envelope.addressing.reply_to.has_value());
  EXPECT_EQ(InitiatorDriver::kTo, envelope.addressing.to);
  EXPECT_EQ("http://www.w3.org/2005/08/addressing/anonymous", CreateBody(driver.last()).acks_to.text());
  ASSERT_TRUE(CreateBody(driver.last()).offer.has_value());
  EXPECT_FALSE(CreateBody(driver.last()).offer->endpoint.has_value());
  EXPECT_FALSE(CreateBody(driver.last()).offer->incomplete_sequence_behavior.has_value());
  EXPECT_FALSE(envelope.has_rm_headers());
}

TEST(InitiatorOpening, WritesReplyToWithOldAddressing) {
  Options options = Options2005();
  options.protocol.addressing = wire::AddressingVersion::kAugust2004;
  InitiatorDriver driver(options);
  driver.Open();
  ASSERT_TRUE(driver.last().envelope.addressing.reply_to.has_value());
  EXPECT_EQ(wire::AnonymousAddress(wire::AddressingVersion::kAugust2004),
            driver.last().envelope.addressing.reply_to->text());
}

TEST(InitiatorOpening, WritesEndpointAndBehaviorInVersion11) {
  for (bool ordered : {true, false}) {
    Options options = Options11();
    options.ordered = ordered;
    InitiatorDriver driver(options);
    driver.Open();
    const wire::Offer& offer = *CreateBody(driver.last()).offer;
    EXPECT_EQ(CreateBody(driver.last()).acks_to, *offer.endpoint);
    EXPECT_EQ(ordered ? "DiscardFollowingFirstGap" : "NoDiscard", *offer.incomplete_sequence_behavior);
  }
}

TEST(InitiatorOpening, OffersNothingForAOneWaySession) {
  InitiatorDriver driver(Options2005(SessionShape::kOneWay));
  driver.OpenCleanly();
  EXPECT_FALSE(CreateBody(driver.last()).offer.has_value());
  EXPECT_EQ(SessionShape::kOneWay, driver.session.shape());
  EXPECT_TRUE(driver.session.offered_sequence().empty());
}

TEST(InitiatorOpening, IsOpenWithTheResponse) {
  InitiatorDriver driver(Options2005());
  EXPECT_FALSE(driver.session.CanSubmit());
  driver.OpenCleanly();
  EXPECT_EQ(InitiatorDriver::kSequence, driver.session.sequence());
  EXPECT_EQ(CreateBody(driver.sent[0]).offer->id, driver.session.offered_sequence());
  EXPECT_EQ(SessionShape::kRequestReply, driver.session.shape());
  EXPECT_TRUE(driver.session.CanSubmit());
  ASSERT_EQ(2u, driver.changes.size());
  EXPECT_EQ(SessionState::kOpened, driver.changes[1].state);
  EXPECT_EQ(1, driver.window_changes);
}

TEST(InitiatorOpening, RepeatsTheSameRequestTenSecondsAfterTheLostOne) {
  InitiatorDriver driver(Options2005());
  driver.Open();
  driver.Advance(3000);
  driver.NoAnswer(driver.last().exchange);
  driver.Expire();
  EXPECT_EQ(10000, driver.milliseconds());
  ASSERT_EQ(2u, driver.sent.size());
  EXPECT_EQ(driver.sent[0].envelope.addressing.message_id, driver.sent[1].envelope.addressing.message_id);
  EXPECT_EQ(CreateBody(driver.sent[0]).offer->id, CreateBody(driver.sent[1]).offer->id);
  EXPECT_NE(driver.sent[0].exchange, driver.sent[1].exchange);
}

TEST(InitiatorOpening, RepeatsTheRequestBesideExchangesThatHang) {
  InitiatorDriver driver(Options2005());
  driver.Open();
  driver.RunUntil(9999);
  EXPECT_EQ(1u, driver.sent.size());
  driver.RunUntil(59999);
  EXPECT_EQ((std::vector<std::int64_t>{0, 10000, 20000, 30000, 40000, 50000}), driver.sent_at);
  EXPECT_EQ(driver.sent[0].envelope.addressing.message_id, driver.last().envelope.addressing.message_id);
  EXPECT_EQ(SessionState::kOpening, driver.session.state());
  driver.RunUntil(60000);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ("OpenTimeout", driver.session.fault().code);
}

TEST(InitiatorOpening, CountsTheIntervalFromTheLastSendingWhenAnEarlierOneFails) {
  InitiatorDriver driver(Options2005());
  driver.Open();
  driver.RunUntil(12000);
  driver.NoAnswer(driver.sent[0].exchange);
  driver.RunUntil(20000);
  EXPECT_EQ((std::vector<std::int64_t>{0, 10000, 20000}), driver.sent_at);
}

TEST(InitiatorOpening, IsOpenWithTheResponseToAnyOfTheRequests) {
  for (const std::size_t answered : {0u, 1u}) {
    InitiatorDriver driver(Options2005());
    driver.Open();
    driver.RunUntil(12000);
    driver.Answer(driver.sent[answered].exchange, driver.CreateResponse());
    EXPECT_EQ(SessionState::kOpened, driver.session.state());
    driver.Answer(driver.sent[1 - answered].exchange, driver.CreateResponse());
    EXPECT_EQ(SessionState::kOpened, driver.session.state());
    driver.RunUntil(30000);
    EXPECT_EQ(2u, driver.sent.size()) << "nothing is repeated any more";
  }
}

TEST(InitiatorOpening, TakesNoAnswerToTheOfferAnyMoreWhenItHasBeenRefused) {
  InitiatorDriver driver(Options2005(SessionShape::kLearn));
  driver.Open();
  driver.RunUntil(12000);
  driver.Answer(driver.sent[0].exchange, driver.Fault(wire::FaultCode::kCreateSequenceRefused));
  ASSERT_EQ(3u, driver.sent.size());
  driver.Answer(driver.sent[1].exchange, driver.Fault(wire::FaultCode::kCreateSequenceRefused));
  EXPECT_EQ(SessionState::kOpening, driver.session.state());
  driver.Answer(driver.sent[2].exchange, driver.CreateResponse());
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
}

TEST(InitiatorOpening, TriesUntilTheOpenTimeoutAndThenFaults) {
  InitiatorDriver driver(Options2005());
  driver.Open();
  while (driver.session.state() == SessionState::kOpening) {
    driver.NoAnswer(driver.last().exchange, 202);
    driver.Expire();
  }
  EXPECT_EQ(60000, driver.milliseconds());
  EXPECT_EQ(6u, driver.sent.size());
  EXPECT_EQ("OpenTimeout", driver.last_change().reason.code);
}

TEST(InitiatorOpening, FaultsWhenTheResponseRelatesToAnotherMessage) {
  InitiatorDriver driver(Options2005());
  driver.Open();
  wire::Envelope response = driver.CreateResponse();
  response.addressing.relates_to = MessageId("urn:another");
  driver.Answer(driver.last().exchange, response);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ(wire::FaultCode::kSequenceTerminated, driver.last_fault().code);
}

TEST(InitiatorOpening, FaultsWhenTheResponseRelatesToNothing) {
  InitiatorDriver driver(Options2005());
  driver.Open();
  wire::Envelope response = driver.CreateResponse();
  response.addressing.relates_to.reset();
  driver.Answer(driver.last().exchange, response);
  EXPECT_EQ("WrongRelatesTo", driver.session.fault().code);
}

TEST(InitiatorOpening, FaultsWhenAcksToIsNotTheAddressOfTheMessages) {
  for (const char* address : {"http://www.w3.org/2005/08/addressing/anonymous", "http://example.test/other",
                              "https://example.test/calc", "http://example.test:8080/calc"}) {
    InitiatorDriver driver(Options2005());
    driver.Open();
    wire::Envelope response = driver.CreateResponse();
    std::get<wire::CreateSequenceResponse>(response.body).accept_acks_to = Uri(address);
    driver.Answer(driver.last().exchange, response);
    EXPECT_EQ("WrongAcksTo", driver.session.fault().code) << address;
  }
}

TEST(InitiatorOpening, ComparesAddressesAsDotNetDoes) {
  EXPECT_TRUE(SameAddress(Uri("http://Host/a"), Uri("HTTP://hOST:80/a")));
  EXPECT_TRUE(SameAddress(Uri("https://host:443/a"), Uri("https://host/a")));
  EXPECT_TRUE(SameAddress(Uri("http://host"), Uri("http://host/")));
  EXPECT_TRUE(SameAddress(Uri("http://h:80/a"), Uri("http://h/a")));
  EXPECT_TRUE(SameAddress(Uri("http://:80/a"), Uri("http:///a")));
  EXPECT_TRUE(SameAddress(Uri("http://AZ@[/a"), Uri("http://az@[/a")));
  EXPECT_TRUE(SameAddress(Uri("http://host?q"), Uri("http://host/?q")));
  EXPECT_FALSE(SameAddress(Uri("http://host:443/a"), Uri("http://host/a")));
  EXPECT_FALSE(SameAddress(Uri("http://host/a"), Uri("http://host/A")));
  EXPECT_FALSE(SameAddress(Uri("http://host/a"), Uri("http://host/a/")));
  EXPECT_FALSE(SameAddress(Uri("ftp://host:80/a"), Uri("ftp://host/a")));
  EXPECT_TRUE(SameAddress(Uri("FTP://Host/a"), Uri("ftp://host/a")));
  EXPECT_TRUE(SameAddress(Uri("urn:a"), Uri("urn:a")));
  EXPECT_FALSE(SameAddress(Uri("urn:a"), Uri("urn:A")));
}

TEST(InitiatorOpening, TakesWhicheverBehaviorTheServiceChooses) {
  for (const char* behavior : {"DiscardEntireSequence", "DiscardFollowingFirstGap", "NoDiscard"}) {
    InitiatorDriver driver(Options11());
    driver.Open();
    wire::Envelope response = driver.CreateResponse();
    std::get<wire::CreateSequenceResponse>(response.body).incomplete_sequence_behavior = behavior;
    driver.Answer(driver.last().exchange, response);
    EXPECT_EQ(SessionState::kOpened, driver.session.state()) << behavior;
  }
}

TEST(InitiatorOpening, FaultsOnAnUnknownBehavior) {
  InitiatorDriver driver(Options11());
  driver.Open();
  wire::Envelope response = driver.CreateResponse();
  std::get<wire::CreateSequenceResponse>(response.body).incomplete_sequence_behavior = "KeepHalf";
  driver.Answer(driver.last().exchange, response);
  EXPECT_EQ("InvalidBehavior", driver.session.fault().code);
}

TEST(InitiatorOpening, FaultsOnAnAcceptWithoutOffer) {
  InitiatorDriver driver(Options11(SessionShape::kOneWay));
  driver.Open();
  wire::Envelope response = driver.CreateResponse();
  std::get<wire::CreateSequenceResponse>(response.body).accept_acks_to = InitiatorDriver::kTo;
  driver.Answer(driver.last().exchange, response);
  EXPECT_EQ("UnexpectedAccept", driver.session.fault().code);
}

TEST(InitiatorOpening, FaultsWithoutAcceptWhenTheShapeIsFixed) {
  InitiatorDriver driver(Options11(SessionShape::kRequestReply));
  driver.Open();
  wire::Envelope response = driver.CreateResponse();
  std::get<wire::CreateSequenceResponse>(response.body).accept_acks_to.reset();
  driver.Answer(driver.last().exchange, response);
  EXPECT_EQ("MissingAccept", driver.session.fault().code);
}

TEST(InitiatorOpening, LearnsFromAMissingAcceptThatTheServiceIsOneWay) {
  InitiatorDriver driver(Options11(SessionShape::kLearn));
  driver.Open();
  wire::Envelope response = driver.CreateResponse();
  std::get<wire::CreateSequenceResponse>(response.body).accept_acks_to.reset();
  driver.Answer(driver.last().exchange, response);
  EXPECT_EQ(SessionState::kOpened, driver.session.state());
  EXPECT_EQ(SessionShape::kOneWay, driver.session.shape());
  EXPECT_TRUE(driver.session.offered_sequence().empty());
}

TEST(InitiatorOpening, LearnsFromARefusalThatTheServiceIsOneWay) {
  InitiatorDriver driver(Options2005(SessionShape::kLearn));
  driver.Open();
  driver.Answer(driver.last().exchange, driver.Fault(wire::FaultCode::kCreateSequenceRefused));
  ASSERT_EQ(2u, driver.sent.size());
  EXPECT_FALSE(CreateBody(driver.last()).offer.has_value());
  EXPECT_NE(driver.sent[0].envelope.addressing.message_id, driver.sent[1].envelope.addressing.message_id);
  driver.Answer(driver.last().exchange, driver.CreateResponse());
  EXPECT_EQ(SessionShape::kOneWay, driver.session.shape());
}

TEST(InitiatorOpening, ReportsTheFirstOfTwoRefusals) {
  InitiatorDriver driver(Options2005(SessionShape::kLearn));
  driver.Open();
  driver.Answer(driver.last().exchange, driver.Fault(wire::FaultCode::kCreateSequenceRefused, "first"));
  driver.Answer(driver.last().exchange, driver.Fault(wire::FaultCode::kCreateSequenceRefused, "second"));
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ("first", driver.session.fault().reason);
  EXPECT_EQ(2u, driver.sent.size());
}

TEST(InitiatorOpening, DoesNotTryAgainAfterARefusalOfAFixedShape) {
  InitiatorDriver driver(Options2005());
  driver.Open();
  driver.Answer(driver.last().exchange, driver.Fault(wire::FaultCode::kCreateSequenceRefused));
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ(ErrorClass::kEndpointDead, driver.session.fault().error);
  EXPECT_EQ("CreateSequenceRefused", driver.session.fault().code);
  EXPECT_EQ("the peer's reason", driver.session.fault().reason);
  EXPECT_FALSE(driver.session.fault().advice.empty());
  EXPECT_EQ(1u, driver.sent.size());
}

TEST(InitiatorOpening, SaysThatAFullServiceMayBeTriedAgain) {
  InitiatorDriver driver(Options2005(SessionShape::kLearn));
  driver.Open();
  driver.Answer(driver.last().exchange, driver.Fault(wire::FaultCode::kConnectionLimitReached, "too busy", false));
  EXPECT_EQ(ErrorClass::kTryAgain, driver.session.fault().error);
  EXPECT_EQ(1u, driver.sent.size());
}

TEST(InitiatorOpening, FaultsOnAnHttpError) {
  InitiatorDriver driver(Options2005());
  driver.Open();
  driver.HttpError(driver.last().exchange, 401);
  EXPECT_EQ("HTTP 401", driver.session.fault().code);
}

TEST(InitiatorOpening, FaultsAtOnceOnAnAnswerThatSendingAgainWouldBringAgain) {
  InitiatorDriver driver(Options2005());
  driver.Open();
  driver.Hopeless(driver.last().exchange, 0);
  EXPECT_EQ(SessionState::kFaulted, driver.session.state());
  EXPECT_EQ("AnswerTooLarge", driver.session.fault().code);
  EXPECT_EQ(1u, driver.sent.size());
}

TEST(InitiatorOpening, FaultsOnAnAnswerOfAnotherKind) {
  InitiatorDriver driver(Options2005());
  driver.Open();
  driver.Answer(driver.last().exchange, driver.AckOnly(0));
  EXPECT_EQ("UnexpectedAnswer", driver.session.fault().code);
}

TEST(InitiatorOpening, IgnoresASecondOpen) {
  InitiatorDriver driver(Options2005());
  driver.OpenCleanly();
  driver.Open();
  EXPECT_EQ(1u, driver.sent.size());
}

}  // namespace
}  // namespace gsoaprm::engine
