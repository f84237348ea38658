#include "tests/fuzz/session/surroundings.h"

#include <utility>

#include "wire/envelope_writer.h"

namespace gsoaprm::fuzz {

engine::Options ReadOptions(Input* input) {
  engine::Options options;
  const std::uint8_t versions = input->Byte();
  if ((versions & 1) != 0) options.protocol.rm = wire::RmVersion::k11;
  if ((versions & 2) != 0) options.protocol.soap = wire::SoapVersion::k11;
  if ((versions & 4) != 0) options.protocol.addressing = wire::AddressingVersion::kAugust2004;
  options.ordered = (versions & 8) == 0;
  options.flow_control_enabled = (versions & 16) == 0;
  if ((versions & 32) != 0) options.concurrency_mode = engine::ConcurrencyMode::kMultiple;
  if ((versions & 64) != 0) {
    constexpr engine::Delivery kDeliveries[] = {engine::Delivery::kAtLeastOnce, engine::Delivery::kAtMostOnce,
                                                engine::Delivery::kExactlyOnce};
    options.durable = true;
    options.delivery = input->OneOf(kDeliveries);
  }
  const std::uint8_t limits = input->Byte();
  constexpr int kWindows[] = {8, 1, 2, 32};
  options.max_transfer_window_size = kWindows[limits & 3];
  if ((limits & 4) != 0) options.acknowledgement_ranges = 2;
  if ((limits & 8) != 0) options.session_memory = 300;
  if ((limits & 16) != 0) options.max_retry_count = 2;
  if ((limits & 32) != 0) options.inactivity_timeout = Duration::Seconds(5);
  constexpr engine::SessionShape kShapes[] = {engine::SessionShape::kLearn, engine::SessionShape::kOneWay,
                                              engine::SessionShape::kRequestReply, engine::SessionShape::kLearn};
  options.shape = kShapes[limits >> 6];
  return options;
}

wire::ReadResult Damaged(const wire::Envelope& envelope, Input* input) {
  wire::WrittenMessage written = wire::WriteEnvelope(envelope);
  for (std::size_t i = input->Below(4); i > 0; --i) {
    const std::size_t at = (input->Byte() * std::size_t{256} + input->Byte()) % written.entity.size();
    written.entity[at] = static_cast<char>(input->Byte());
  }
  return wire::ReadEnvelope(std::move(written.entity), written.content_type, "");
}

}  // namespace gsoaprm::fuzz
