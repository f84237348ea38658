#include "tests/scenarios/settings.h"

#include <cstdlib>
#include <utility>

#include "config/engine_options.h"
#include "config/options_text.h"
#include "tests/scenarios/words.h"
#include "wire/describe.h"

namespace gsoaprm::scenarios {

namespace {

constexpr std::pair<std::string_view, engine::ExchangeTraits> kHosts[] = {
    {"threads", {true, true}},           // a thread for each exchange, and a serve loop that comes round
    {"threads-by-hand", {true, false}},  // without such a loop
    {"iterative", {false, true}},        // one thread with a serve loop
    {"by-hand", {false, false}},
};

// Knobs that the public options do not have, in milliseconds or as a number.
struct OwnSettings {
  std::optional<std::uint64_t> acknowledgement_ranges, pending_timeout, create_memory, tombstone_lifetime;

  std::optional<std::uint64_t>* Find(std::string_view name) {
    if (name == "acknowledgement_ranges") return &acknowledgement_ranges;
    if (name == "pending_timeout") return &pending_timeout;
    if (name == "create_memory") return &create_memory;
    if (name == "tombstone_lifetime") return &tombstone_lifetime;
    return nullptr;
  }
  void Apply(engine::Options* options) const {
    if (acknowledgement_ranges) options->acknowledgement_ranges = *acknowledgement_ranges;
    if (pending_timeout) options->pending_timeout = Milliseconds(*pending_timeout);
    if (create_memory) options->create_memory = Milliseconds(*create_memory);
    if (tombstone_lifetime) options->tombstone_lifetime = Milliseconds(*tombstone_lifetime);
  }
  static Duration Milliseconds(std::uint64_t value) { return Duration::Milliseconds(static_cast<std::int64_t>(value)); }
};

bool ReadHost(const std::string& value, engine::ExchangeTraits* traits) {
  for (const auto& [name, host] : kHosts) {
    if (value != name) continue;
    *traits = host;
    return true;
  }
  return false;
}

bool ReadTolerance(const std::string& value, Duration* tolerance) {
  char* end = nullptr;
  const double seconds = std::strtod(value.c_str(), &end);
  *tolerance = Duration::Microseconds(static_cast<std::int64_t>(seconds * 1e6));
  return !value.empty() && *end == '\0' && seconds >= 0;
}

}  // namespace

bool ReadSettings(const Script& script, Settings* settings, std::string* error) {
  OwnSettings own;
  std::string options_text;
  bool sets_version = false;
  settings->to = Uri(std::string(wire::kUnsaidAddress));
  for (const Setting& setting : script.settings) {
    bool good = true;
    if (setting.name == "tolerance") {
      good = ReadTolerance(setting.value, &settings->tolerance);
    } else if (setting.name == "to") {
      settings->to = Uri(setting.value);
    } else if (setting.name == "host") {
      good = ReadHost(setting.value, &settings->traits);
    } else if (setting.name == "durable") {
      good = setting.value == "true";
      settings->durable = true;
    } else if (auto* number = own.Find(setting.name)) {
      *number = ReadNumber(setting.value);
      good = number->has_value();
    } else {
      sets_version = sets_version || setting.name == "reliable_messaging_version";
      options_text += setting.name + "=" + setting.value + "\n";
    }
    if (!good) *error = setting.name + " cannot be " + setting.value + ".";
    if (!good) return false;
  }
  soap_rm_options options;
  soap_rm_options_default(&options);
  if (!config::ReadOptionsText(options_text, "settings", &options, error)) return false;
  settings->engine = config::ToEngineOptions(options);
  const wire::RmVersion version = settings->engine.protocol.rm;
  settings->engine.protocol = script.protocol;
  if (sets_version) settings->engine.protocol.rm = version;
  settings->engine.durable = settings->durable;
  own.Apply(&settings->engine);
  return true;
}

}  // namespace gsoaprm::scenarios
