// Every limit of the reader at limit - 1, limit and limit + 1.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "unit/wire/messages.h"
#include "wire/envelope_reader.h"

namespace gsoaprm::wire {
namespace {

using test::Application;
using test::k11;
using test::k2005;
using test::Read;
using test::Repeat;

// `make(n)` is a message with n of what is limited.
void ExpectLimit(std::size_t limit, const ReaderLimits& limits, const std::function<std::string(std::size_t)>& make) {
  for (const std::size_t n : {limit - 1, limit}) {
    const ReadResult result = Read(make(n), limits);
    EXPECT_TRUE(result.ok()) << n << ": " << result.reason;
  }
  const ReadResult result = Read(make(limit + 1), limits);
  EXPECT_EQ(result.error, ReadError::kLimitExceeded) << result.reason;
  EXPECT_FALSE(result.reason.empty());
}

void ExpectDefaultLimit(std::size_t limit, const std::function<std::string(std::size_t)>& make) {
  ExpectLimit(limit, ReaderLimits(), make);
}

TEST(ReaderLimits, BoundTheDepthOfElements) {
  // Envelope and Header are two of them.
  ExpectDefaultLimit(128, [](std::size_t n) { return Application(k11, Repeat("<x>", n - 2) + Repeat("</x>", n - 2)); });
}

TEST(ReaderLimits, BoundTheDepthOfAProtocolBody) {
  // Envelope, Body, CloseSequence.
  ExpectDefaultLimit(128, [](std::size_t n) {
    return test::EnvelopeOf(k11, test::ActionBlock(k11, RmAction::kCloseSequence),
                            "<r:CloseSequence><r:Identifier>i</r:Identifier>" + Repeat("<x>", n - 3) +
                                Repeat("</x>", n - 3) + "</r:CloseSequence>");
  });
}

TEST(ReaderLimits, BoundAttributesPerElement) {
  ExpectDefaultLimit(256, [](std::size_t n) {
    std::string block = "<x";
    for (std::size_t i = 0; i < n; ++i) block += " a" + std::to_string(i) + "=''";
    return Application(k11, block + "/>");
  });
}

TEST(ReaderLimits, BoundNamespacesPerElement) {
  ExpectDefaultLimit(64, [](std::size_t n) {
    std::string block = "<x";
    for (std::size_t i = 0; i < n; ++i) block += " xmlns:a" + std::to_string(i) + "='u'";
    return Application(k11, block + "/>");
  });
}

TEST(ReaderLimits, BoundNamespacesInScope) {
  // Four are declared by the envelope, sixty each by nested elements.
  ExpectDefaultLimit(256, [](std::size_t n) {
    std::string starts = "<x";
    std::size_t elements = 1;
    for (std::size_t i = 0; i < n - 4; ++i) {
      if (i > 0 && i % 60 == 0) {
        starts += "><x";
        ++elements;
      }
      starts += " xmlns:a" + std::to_string(i % 60) + "='u'";
    }
    return Application(k11, starts + ">" + Repeat("</x>", elements));
  });
  // What goes out of scope does not count.
  EXPECT_TRUE(
      Read(Application(k11, Repeat("<x xmlns:a='u' xmlns:b='u' xmlns:c='u' xmlns:d='u' xmlns:e='u'/>", 60))).ok());
}

TEST(ReaderLimits, BoundHeaderBlocks) {
  // Action is one of them.
  ExpectDefaultLimit(64, [](std::size_t n) { return Application(k11, Repeat("<x/>", n - 1)); });
}

TEST(ReaderLimits, BoundHeaderBytes) {
  const std::size_t empty = std::string("<s:Header><a:Action>urn:app</a:Action><x></x></s:Header>").size();
  ExpectDefaultLimit(64 * 1024,
                     [empty](std::size_t n) { return Application(k11, "<x>" + std::string(n - empty, 'x') + "</x>"); });
}

TEST(ReaderLimits, BoundTheBodyOfAProtocolMessage) {
  ReaderLimits limits;
  limits.header_bytes = 4096;
  const std::string start = "<s:Body><r:CloseSequence><r:Identifier>i</r:Identifier><x>";
  const std::string end = "</x></r:CloseSequence></s:Body></s:Envelope>";
  ExpectLimit(4096, limits, [&](std::size_t n) {
    return test::EnvelopeOf(
        k11, test::ActionBlock(k11, RmAction::kCloseSequence),
        start.substr(8) + std::string(n - start.size() - end.size(), 'x') + "</x></r:CloseSequence>");
  });
}

TEST(ReaderLimits, DoNotBoundTheBytesOfAnApplicationsBody) {
  ReaderLimits limits;
  limits.header_bytes = 4096;
  const std::string body = "<m>" + Repeat("<x>", 10) + std::string(100000, 'x') + Repeat("</x>", 10) + "</m>";
  EXPECT_TRUE(Read(test::EnvelopeOf(k11, "<a:Action>urn:app</a:Action>", body), limits).ok());
  const std::string fault = "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text xml:lang='en'>" +
                            std::string(100000, 'x') + "</s:Text></s:Reason><s:Detail>" + body +
                            "</s:Detail></s:Fault>";
  const ReadResult result = Read(test::EnvelopeOf(k11, "<a:Action>urn:app</a:Action>", fault), limits);
  EXPECT_TRUE(result.ok()) << result.reason;
  EXPECT_EQ(result.envelope.fault()->reason.size(), 100000u);
}

// An application's body, and XML that is no envelope and comes to gSOAP's parser all the same: `inner` has n of what is
// limited, of which `outside` are around it in an envelope.
void ExpectLimitOfBody(std::size_t limit, std::size_t outside, const std::function<std::string(std::size_t)>& inner) {
  ExpectDefaultLimit(
      limit, [&](std::size_t n) { return test::EnvelopeOf(k11, "<a:Action>urn:app</a:Action>", inner(n - outside)); });
  EXPECT_EQ(Read(inner(limit)).error, ReadError::kNotSoap);
  EXPECT_EQ(Read(inner(limit + 1)).error, ReadError::kLimitExceeded);
}

std::string ElementWith(const std::string& attribute, std::size_t n) {
  std::string element = "<x";
  for (std::size_t i = 0; i < n; ++i) element += " " + attribute + std::to_string(i) + "='u'";
  return element + "/>";
}

TEST(ReaderLimits, BoundTheBodyOfAnApplication) {
  // Envelope and Body are around it.
  ExpectLimitOfBody(128, 2, [](std::size_t n) { return Repeat("<x>", n) + Repeat("</x>", n); });
  ExpectLimitOfBody(256, 0, [](std::size_t n) { return ElementWith("a", n); });
  ExpectLimitOfBody(64, 0, [](std::size_t n) { return ElementWith("xmlns:a", n); });
}

TEST(ReaderLimits, BoundTheBodyOfAFault) {
  ExpectDefaultLimit(128, [](std::size_t n) {
    // Envelope, Body, Fault and Detail are around it.
    return test::EnvelopeOf(k11, "<a:Action>urn:app</a:Action>",
                            "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text xml:lang='en'>x"
                            "</s:Text></s:Reason><s:Detail>" +
                                Repeat("<x>", n - 4) + Repeat("</x>", n - 4) + "</s:Detail></s:Fault>");
  });
}

TEST(ReaderLimits, BoundTheNamesOfAllAttributes) {
  // Four namespaces are declared around them. Elements of a hundred attributes, each name once, and again: what was
  // there before does not count.
  ExpectLimitOfBody(512, 4, [](std::size_t n) {
    std::string names;
    for (std::size_t i = 0; i < n; ++i) {
      names += i % 100 == 0 ? (i == 0 ? "<y" : "/><y") : "";
      names += " a" + std::to_string(i) + "='u'";
    }
    names += "/>";
    return "<x>" + names + names + "</x>";
  });
}

std::string Ranges(std::size_t n, const Protocol& protocol) {
  std::string block = "<r:SequenceAcknowledgement><r:Identifier>i</r:Identifier>";
  for (std::size_t i = 1; i <= n; ++i) {
    const std::string number = std::to_string(2 * i);
    block += "<r:AcknowledgementRange Lower='" + number + "' Upper='" + number + "'/>";
  }
  return Application(protocol, block + "</r:SequenceAcknowledgement>");
}

TEST(ReaderLimits, BoundAcknowledgementRanges) {
  for (const Protocol& protocol : {k2005, k11}) {
    ExpectDefaultLimit(128, [&](std::size_t n) { return Ranges(n, protocol); });
  }
  ReaderLimits wide;
  wide.ranges = 200;
  EXPECT_EQ(Read(Ranges(200, k11), wide).envelope.acknowledgement->ranges.ranges().size(), 200u);
}

TEST(ReaderLimits, BoundRangesEvenWhenTheyMerge) {
  const std::string range = "<r:AcknowledgementRange Lower='1' Upper='1'/>";
  ExpectDefaultLimit(128, [&](std::size_t n) {
    return Application(k11, "<r:SequenceAcknowledgement><r:Identifier>i</r:Identifier>" + Repeat(range, n) +
                                "</r:SequenceAcknowledgement>");
  });
}

TEST(ReaderLimits, BoundNacks) {
  ExpectDefaultLimit(128, [](std::size_t n) {
    return Application(k11, "<r:SequenceAcknowledgement><r:Identifier>i</r:Identifier>" +
                                Repeat("<r:Nack>1</r:Nack>", n) + "</r:SequenceAcknowledgement>");
  });
}

}  // namespace
}  // namespace gsoaprm::wire
