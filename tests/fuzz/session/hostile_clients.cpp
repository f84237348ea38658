#include <cstddef>
#include <cstdint>
#include <optional>

#include "tests/fuzz/session/drivers.h"
#include "tests/fuzz/session/server_half.h"
#include "tests/fuzz/session/surroundings.h"
#include "wire/envelope_writer.h"

namespace gsoaprm::fuzz {
namespace {

using wire::RmAction;

class HostileClients {
 public:
  explicit HostileClients(Input* input)
      : input_(*input), messages_(input), options_(ReadOptions(input)), server_(options_, input) {
    server_.on_answer = [this](std::uint64_t, const std::optional<engine::Respond>& respond) {
      if (respond && input_.Below(8) == 7) wire::WriteEnvelope(respond->envelope);
    };
  }

  void Run() {
    for (std::size_t i = input_.Below(3); i > 0; --i) Send(messages_.CreateSequence(options_.protocol));
    for (std::size_t i = input_.Below(4); i > 0; --i) {
      Send(messages_.Application(options_.protocol, messages_.Sequence(server_.known()), MessageNumber(i)));
    }
    while (!input_.empty()) {
      Step();
      server_.Check();
    }
    server_.Finish(clock_.now());
  }

 private:
  void Step() {
    const std::size_t choice = input_.Below(16);
    if (choice < 6) {
      if (choice == 5 && input_.Below(8) == 7) {
        server_.Restart(clock_.now());
      } else {
        server_.Step(clock_.now());
      }
    } else if (choice == 6) {
      clock_.Step(&input_, server_);
      server_.HandleTimeout(clock_.now());
    } else if (choice == 7) {
      Send(messages_.CreateSequence(input_.Below(4) == 3 ? messages_.AnyProtocol() : options_.protocol));
    } else {
      SendOfSession(choice);
    }
  }

  void SendOfSession(std::size_t choice) {
    const SequenceId sequence = messages_.Sequence(server_.known());
    const MessageNumber highest = server_.highest(sequence);
    const wire::Protocol& protocol = options_.protocol;
    wire::Envelope envelope;
    switch (choice) {
      case 8:
        envelope = messages_.Control(protocol, RmAction::kAckRequested);
        envelope.ack_requested = wire::AckRequestedHeader{sequence};
        break;
      case 9:
        envelope = messages_.Control(protocol, RmAction::kSequenceAcknowledgement);
        envelope.acknowledgement = messages_.Acknowledgement(sequence, MessageNumber(1 + input_.Below(4)));
        break;
      case 10:
        envelope = Ending(sequence, highest);
        break;
      case 11:
        envelope = messages_.FaultMessage(protocol, sequence);
        break;
      default: {
        const MessageNumber number = messages_.Number(highest);
        envelope = messages_.Application(protocol, sequence, number.valid() ? number : MessageNumber(1));
        if (choice == 15) messages_.Spoil(&envelope, server_.known());
      }
    }
    Send(envelope);
  }

  wire::Envelope Ending(const SequenceId& sequence, MessageNumber highest) {
    const bool is_11 = options_.protocol.rm == wire::RmVersion::k11;
    const std::size_t choice = input_.Below(4);
    std::optional<MessageNumber> last;
    if (choice != 3 && highest.valid()) last = choice == 2 ? messages_.Number(highest) : highest;
    if (last && !last->valid()) last.reset();
    wire::Envelope envelope;
    if (input_.Flag()) {
      envelope = messages_.Control(options_.protocol, RmAction::kTerminateSequence);
      envelope.body = wire::TerminateSequence{sequence, is_11 ? last : std::nullopt};
    } else if (is_11) {
      envelope = messages_.Control(options_.protocol, RmAction::kCloseSequence);
      envelope.body = wire::CloseSequence{sequence, last};
    } else {
      envelope = messages_.Control(options_.protocol, RmAction::kLastMessage);
      envelope.sequence = wire::SequenceHeader{sequence, last ? last->next() : MessageNumber(1), true};
      if (!envelope.sequence->number.valid()) envelope.sequence->number = MessageNumber(1);
    }
    return envelope;
  }

  void Send(const wire::Envelope& envelope) {
    const Principal principal(input_.Below(16) == 15 ? "somebody" : "");
    if (input_.Below(16) != 15) {
      server_.Receive(clock_.now(), ++exchange_, envelope, principal);
      return;
    }
    const wire::ReadResult result = Damaged(envelope, &input_);
    if (result.ok()) {
      server_.Receive(clock_.now(), ++exchange_, result.envelope, principal);
    } else {
      server_.ReceiveUnreadable(result);
    }
  }

  Input& input_;
  Messages messages_;
  const engine::Options options_;
  ServerHalf server_;
  Clock clock_;
  std::uint64_t exchange_ = 0;
};

}  // namespace

void RunHostileClients(Input* input) { HostileClients(input).Run(); }

}  // namespace gsoaprm::fuzz
