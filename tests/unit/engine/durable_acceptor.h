// An AcceptorSession of a durable server, its client, and the disk that its changes go to.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/support/fake_disk.h"
#include "tests/unit/engine/acceptor_client.h"

namespace gsoaprm::acceptor_testing {

class DurableAcceptorTest : public AcceptorTest {
 protected:
  DurableAcceptorTest() { Use(engine::Delivery::kAtLeastOnce); }

  // Before the first message.
  void Use(engine::Delivery delivery) {
    client.options.durable = true;
    client.options.delivery = delivery;
  }
  // Everything that has happened is on the disk.
  void Save() {
    if (disk.acceptors.empty()) {
      engine::SequenceCreated created;
      created.identity = client.identity();
      created.create_message_id = MessageId("urn:create");
      disk.Apply({created});
    }
    disk.Apply(client.session().TakeChanges());
  }
  // The process is killed, and what is on the disk is all that is left.
  void Crash() {
    if (disk.acceptors.empty()) Save();
    client.Restart(disk.RecoveredAcceptors().at(0));
  }
  void SaveAndCrash() {
    Save();
    Crash();
  }
  std::string Acked() { return testing::Text(disk.acceptors.at(SequenceId("urn:s")).state.acknowledged); }
  std::size_t KeptRows() { return disk.acceptors.at(SequenceId("urn:s")).messages.size(); }
  std::size_t KeptReplies() { return disk.acceptors.at(SequenceId("urn:s")).replies.size(); }
  // A reply to copies of the request.
  wire::Envelope ReplyTo(std::uint64_t number) {
    const engine::Disposition disposition = client.Handle(client.Request(number));
    const auto* respond = std::get_if<engine::Respond>(&disposition);
    return respond ? respond->envelope : wire::Envelope();
  }
  std::string Terminate(std::uint64_t last) {
    if (client.is_11()) return client.Send(client.Terminate(last));
    return client.Send(client.Terminate());
  }
  // "final" of acknowledgements in closed sequences.
  std::string Final(const std::string& line) { return client.is_11() ? line + " final" : line; }

  testing::FakeDisk disk;
};

}  // namespace gsoaprm::acceptor_testing
