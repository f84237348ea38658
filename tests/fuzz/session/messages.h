// Envelopes as the bytes of a fuzzer want them: mostly such as belong into a session, some that do not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/types.h"
#include "engine/id_source.h"
#include "tests/fuzz/input.h"
#include "wire/envelope.h"

namespace gsoaprm::fuzz {

// Short, and never the same twice.
class CountedIds : public engine::IdSource {
 public:
  explicit CountedIds(char side) : side_(side) {}
  std::string NewUuid() override { return std::string("urn:") + side_ + std::to_string(++count_); }

 private:
  const char side_;
  unsigned count_ = 0;
};

wire::PayloadPointer MakePayload(const wire::Protocol& protocol, const std::string& text, bool is_fault = false);

class Messages {
 public:
  explicit Messages(Input* input) : input_(*input) {}

  // Near `middle`, or one of the extremes.
  MessageNumber Number(MessageNumber middle);
  MessageRanges Ranges(MessageNumber middle);
  // One of those, or none that anybody knows.
  SequenceId Sequence(const std::vector<SequenceId>& known);
  wire::Fault AnyFault(const SequenceId& sequence);
  wire::Envelope FaultMessage(const wire::Protocol& protocol, const SequenceId& sequence);
  wire::Envelope Control(const wire::Protocol& protocol, wire::RmAction action);
  wire::Envelope Application(const wire::Protocol& protocol, const SequenceId& sequence, MessageNumber number);
  wire::Envelope CreateSequence(const wire::Protocol& protocol);
  wire::AcknowledgementHeader Acknowledgement(const SequenceId& sequence, MessageNumber middle);
  // What a message may carry besides.
  void Spoil(wire::Envelope* envelope, const std::vector<SequenceId>& known);
  wire::Protocol AnyProtocol();

  Input& input() { return input_; }

 private:
  MessageId SomeMessageId();

  Input& input_;
  unsigned messages_ = 0;
};

}  // namespace gsoaprm::fuzz
