// The table itself. Names, defaults and ranges of the upper part are those of WCF's ReliableSessionBindingElement and
// Binding; the setters there refuse what is beyond.
#include <type_traits>

#include "config/option_table.h"

namespace gsoaprm::config {
namespace {

constexpr std::int64_t kInt32Maximum = 2147483647;
constexpr std::int64_t kMaximumQuota = 1099511627776;

constexpr TextSyntax kOurs = TextSyntax::kOurs;
constexpr TextSyntax kWcf = TextSyntax::kWcf;

constexpr OptionChoice kReliableMessagingVersions[] = {
    {"2005", SOAP_RM_FEBRUARY_2005, kOurs},
    {"1.1", SOAP_RM_11, kOurs},
    {"WSReliableMessagingFebruary2005", SOAP_RM_FEBRUARY_2005, kWcf},
    {"WSReliableMessaging11", SOAP_RM_11, kWcf},
    {"Default", SOAP_RM_FEBRUARY_2005, kWcf},
};
constexpr OptionChoice kAddressingVersions[] = {
    {"1.0", SOAP_RM_ADDRESSING_10, kOurs},
    {"2004/08", SOAP_RM_ADDRESSING_AUGUST_2004, kOurs},
    {"WSAddressing10", SOAP_RM_ADDRESSING_10, kWcf},
    {"WSAddressingAugust2004", SOAP_RM_ADDRESSING_AUGUST_2004, kWcf},
};
constexpr OptionChoice kSoapVersions[] = {
    {"as-generated", SOAP_RM_SOAP_AS_GENERATED, kOurs},
    {"1.1", SOAP_RM_SOAP_11, kOurs},
    {"1.2", SOAP_RM_SOAP_12, kOurs},
    {"Soap11", SOAP_RM_SOAP_11, kWcf},
    {"Soap12", SOAP_RM_SOAP_12, kWcf},
};
constexpr OptionChoice kSessionShapes[] = {
    {"learn", SOAP_RM_SHAPE_LEARN, kOurs},
    {"request-reply", SOAP_RM_SHAPE_REQUEST_REPLY, kOurs},
    {"one-way", SOAP_RM_SHAPE_ONE_WAY, kOurs},
};
constexpr OptionChoice kConcurrencyModes[] = {
    {"single", SOAP_RM_CONCURRENCY_SINGLE, kOurs},
    {"multiple", SOAP_RM_CONCURRENCY_MULTIPLE, kOurs},
    {"Single", SOAP_RM_CONCURRENCY_SINGLE, kWcf},
    {"Multiple", SOAP_RM_CONCURRENCY_MULTIPLE, kWcf},
};
constexpr OptionChoice kDeliveryModes[] = {
    {"at-least-once", SOAP_RM_AT_LEAST_ONCE, kOurs},
    {"at-most-once", SOAP_RM_AT_MOST_ONCE, kOurs},
    {"exactly-once", SOAP_RM_EXACTLY_ONCE, kOurs},
};
constexpr OptionChoice kSessionLosses[] = {
    {"dead-letter", SOAP_RM_LOSS_DEAD_LETTER, kOurs},
    {"resend", SOAP_RM_LOSS_RESEND, kOurs},
};

// The member's type decides the option's; enums, booleans and addresses say so themselves.
template <class Member>
constexpr OptionType TypeOf() {
  if (std::is_same_v<Member, soap_rm_milliseconds>) return OptionType::kDuration;
  if (std::is_same_v<Member, std::size_t>) return OptionType::kBytes;
  if (std::is_array_v<Member>) return OptionType::kText;
  if (std::is_enum_v<Member>) return OptionType::kChoice;
  return OptionType::kInteger;
}

// offsetof and sizeof of a member cannot be had without a macro.
#define GSOAPRM_MEMBER(member) \
  TypeOf<decltype(soap_rm_options::member)>(), offsetof(soap_rm_options, member), sizeof(soap_rm_options::member)
#define GSOAPRM_RANGE(member, wcf_name, default_text, minimum, maximum) \
  { #member, wcf_name, GSOAPRM_MEMBER(member), default_text, minimum, maximum, nullptr, 0 }
#define GSOAPRM_CHOICE(member, wcf_name, default_text, choices) \
  { #member, wcf_name, GSOAPRM_MEMBER(member), default_text, 0, 0, choices, std::extent_v < decltype(choices)> }
#define GSOAPRM_AS(type, member, wcf_name, default_text)                                                     \
  {                                                                                                          \
#member, wcf_name, OptionType::type, offsetof(soap_rm_options, member), sizeof(soap_rm_options::member), \
        default_text, 0, OptionType::type == OptionType::kBoolean, nullptr, 0                                \
  }

constexpr OptionRow kRows[] = {
    GSOAPRM_CHOICE(reliable_messaging_version, "reliableMessagingVersion", "2005", kReliableMessagingVersions),
    GSOAPRM_CHOICE(addressing_version, "addressingVersion", "1.0", kAddressingVersions),
    GSOAPRM_CHOICE(soap_version, "envelopeVersion", "as-generated", kSoapVersions),

    GSOAPRM_RANGE(acknowledgement_interval, "acknowledgementInterval", "200", 1, kInt32Maximum),
    GSOAPRM_AS(kBoolean, flow_control_enabled, "flowControlEnabled", "true"),
    GSOAPRM_RANGE(inactivity_timeout, "inactivityTimeout", "600000", 1, kInt32Maximum),
    GSOAPRM_RANGE(max_pending_channels, "maxPendingChannels", "4", 1, 16384),
    GSOAPRM_RANGE(max_retry_count, "maxRetryCount", "8", 1, kInt32Maximum),
    GSOAPRM_RANGE(max_transfer_window_size, "maxTransferWindowSize", "8", 1, 4096),
    GSOAPRM_AS(kBoolean, ordered, "ordered", "true"),

    GSOAPRM_RANGE(open_timeout, "openTimeout", "60000", 1, kInt32Maximum),
    GSOAPRM_RANGE(send_timeout, "sendTimeout", "60000", 1, kInt32Maximum),
    GSOAPRM_RANGE(close_timeout, "closeTimeout", "60000", 1, kInt32Maximum),

    GSOAPRM_RANGE(automatic_close_timeout, "", "10000", 0, kInt32Maximum),
    GSOAPRM_RANGE(retransmission_minimum, "", "400", 1, kInt32Maximum),
    GSOAPRM_RANGE(retransmission_maximum, "", "60000", 1, kInt32Maximum),
    GSOAPRM_RANGE(handshake_retry_interval, "", "10000", 1, kInt32Maximum),
    GSOAPRM_CHOICE(session_shape, "", "learn", kSessionShapes),
    GSOAPRM_CHOICE(concurrency_mode, "concurrencyMode", "single", kConcurrencyModes),
    GSOAPRM_AS(kBoolean, reliable_session_required, "", "false"),
    GSOAPRM_AS(kBoolean, reopen_after_fault, "", "false"),
    GSOAPRM_RANGE(max_sessions, "", "1024", 1, 1048576),
    GSOAPRM_RANGE(max_sessions_per_principal, "", "64", 1, 1048576),
    GSOAPRM_RANGE(max_message_size, "maxReceivedMessageSize", "4194304", 1024, kInt32Maximum),
    GSOAPRM_RANGE(read_timeout, "", "30000", 1, kInt32Maximum),
    GSOAPRM_RANGE(session_memory, "", "16777216", 65536, kInt32Maximum),
    GSOAPRM_RANGE(total_memory, "", "268435456", 65536, kMaximumQuota),
    GSOAPRM_RANGE(max_connections, "", "8", 1, 256),
    GSOAPRM_AS(kBoolean, compress, "", "false"),
    GSOAPRM_AS(kAddress, via, "viaUri", ""),
    GSOAPRM_AS(kText, one_way_actions, "", ""),
    GSOAPRM_AS(kOrigins, response_endpoints, "", ""),

    GSOAPRM_AS(kStore, store, "", ""),
    GSOAPRM_RANGE(store_quota, "", "1073741824", 1048576, kMaximumQuota),
    GSOAPRM_CHOICE(delivery_mode, "", "at-least-once", kDeliveryModes),
    GSOAPRM_CHOICE(after_session_loss, "", "dead-letter", kSessionLosses),
};

#undef GSOAPRM_AS
#undef GSOAPRM_CHOICE
#undef GSOAPRM_RANGE
#undef GSOAPRM_MEMBER

constexpr std::size_t AlignUp(std::size_t offset, std::size_t alignment) {
  return (offset + alignment - 1) / alignment * alignment;
}

// Every member has its row, in the order of the struct: each row begins where the one before it ends, but for padding,
// from behind `size` to the callbacks.
constexpr bool CoversTheStruct() {
  std::size_t end = sizeof(soap_rm_options::size);
  for (const OptionRow& row : kRows) {
    const std::size_t alignment = HoldsText(row.type) ? 1 : row.size;
    if (row.offset != AlignUp(end, alignment)) return false;
    end = row.offset + row.size;
  }
  return AlignUp(end, alignof(void*)) == offsetof(soap_rm_options, state_changed);
}
static_assert(CoversTheStruct(), "a member of soap_rm_options has no row, or stands elsewhere");

}  // namespace

OptionTable Options() { return {kRows, std::extent_v<decltype(kRows)>}; }

}  // namespace gsoaprm::config
