// A session that outlives its process: what of it is kept, and how it goes on after a restart.
#include <algorithm>
#include <utility>

#include "engine/initiator_impl.h"

namespace gsoaprm::engine {
namespace {

Options WithProtocol(Options options, const wire::Protocol& protocol) {
  options.protocol = protocol;
  return options;
}

MessageNumber Newest(const RecoveredInitiator& recovered) {
  MessageNumber newest = std::max(recovered.record.newest, recovered.record.acknowledged.Highest());
  return recovered.messages.empty() ? newest : std::max(newest, recovered.messages.back().number);
}

}  // namespace

InitiatorSession::Impl::Impl(const Options& options, RecoveredInitiator&& recovered, IdSource* ids, Timestamp now)
    : Impl(WithProtocol(options, recovered.record.protocol), recovered.record.endpoint, ids) {
  InitiatorRecord& record = recovered.record;
  offered_ = std::move(record.offered);
  shape_ = request_reply() ? SessionShape::kRequestReply : SessionShape::kOneWay;
  replies_.Restore(record.replies);
  SourceSequence::Restored restored;
  restored.newest = Newest(recovered);
  restored.acknowledged = std::move(record.acknowledged);
  for (OutgoingRecord& kept : recovered.messages) {
    OutgoingMessage message;
    message.payload = std::move(kept.payload);
    message.action = std::move(kept.action);
    message.kind = kept.one_way ? CallKind::kOneWay : CallKind::kUnknown;
    message.message_id = std::move(kept.message_id);
    restored.unsettled.emplace_back(kept.number, MakeMessage(std::move(message)));
  }
  source_.emplace(options_, std::move(record.sequence), Duration());
  source_->Restore(now, std::move(restored));
  unsettled_before_ = source_->unsettled();
  SetState(SessionState::kOpened, Status::Ok());
  NoteReceipt(now);
  Pump(now);
}

InitiatorRecord InitiatorSession::Impl::record() const {
  InitiatorRecord record;
  record.sequence = sequence();
  record.offered = offered_;
  record.endpoint = requests_.to();
  record.protocol = options_.protocol;
  record.replies = replies_.received();
  if (source_) {
    record.newest = source_->newest();
    record.acknowledged = source_->acknowledged();
  }
  return record;
}

InitiatorSession::InitiatorSession(const Options& options, RecoveredInitiator recovered, IdSource* ids, Timestamp now)
    : impl_(std::make_unique<Impl>(options, std::move(recovered), ids, now)) {}

InitiatorRecord InitiatorSession::record() const { return impl_->record(); }
InitiatorChanges InitiatorSession::TakeChanges() { return impl_->TakeChanges(); }

}  // namespace gsoaprm::engine
