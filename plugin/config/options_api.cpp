// The C functions for options: nothing is thrown across them, and on an error nothing is changed.
#include <cstring>
#include <string>

#include "config/option_table.h"
#include "config/options_text.h"
#include "config/struct_sizes.h"
#include "config/text.h"
#include "config/wcf_config.h"
#include "include/soap_rm.h"

namespace gsoaprm::config {
namespace {

int Refuse(std::string_view sentence, char* error, std::size_t error_size) {
  if (error && error_size > 0) {
    const std::size_t length = sentence.size() < error_size ? sentence.size() : error_size - 1;
    std::memcpy(error, sentence.data(), length);
    error[length] = '\0';
  }
  return -1;
}

// Works on a copy, so that an error changes nothing.
template <class Work>
bool Change(soap_rm_options* options, std::string* error, Work work) {
  soap_rm_options changed;
  return TakeOptions(options, kOptionsSizes, &changed, error) && work(&changed) && GiveOptions(changed, options, error);
}

bool SetByName(soap_rm_options* options, const char* name, const char* value, std::string* error) {
  return Change(options, error, [&](soap_rm_options* changed) {
    if (!name || !value) {
      *error = "An option needs a name and a value: a pointer is NULL.";
      return false;
    }
    const OptionRow* const row = FindOption(name);
    if (!row) {
      *error = "There is no option " + Quoted(name) + ".";
      return false;
    }
    return SetOption(*row, name, value, TextSyntax::kOurs, changed, error);
  });
}

bool SetFromText(soap_rm_options* options, const char* text, const char* source, std::string* error) {
  return Change(options, error, [&](soap_rm_options* changed) {
    if (text) return ReadOptionsText(text, source ? source : "options", changed, error);
    *error = "There is no text: the pointer is NULL.";
    return false;
  });
}

bool SetFromFile(soap_rm_options* options, const char* file, const char* binding, std::string* error) {
  return Change(options, error, [&](soap_rm_options* changed) {
    if (file && binding && *binding) return LoadWcfConfig(file, binding, changed, error);
    *error = "A configuration file needs its name and the name of a binding.";
    return false;
  });
}

bool Check(const soap_rm_options* given, std::string* error) {
  soap_rm_options options;
  if (!TakeOptions(given, kOptionsSizes, &options, error)) return false;
  for (const OptionRow& row : Options()) {
    if (!CheckOption(row, options, error)) return false;
  }
  if (options.retransmission_minimum <= options.retransmission_maximum) return true;
  *error = "retransmission_maximum must not be below retransmission_minimum, but " +
           std::to_string(options.retransmission_maximum) + " ms is below " +
           std::to_string(options.retransmission_minimum) + " ms.";
  return false;
}

// The border: `work` fills a sentence and returns false, or runs out of memory.
template <class Work>
int Guarded(char* error, std::size_t error_size, Work work) noexcept {
  try {
    std::string sentence;
    return work(&sentence) ? 0 : Refuse(sentence, error, error_size);
  } catch (...) {
    return Refuse("There was not enough memory.", error, error_size);
  }
}

}  // namespace
}  // namespace gsoaprm::config

namespace config = gsoaprm::config;

extern "C" void soap_rm_options_default_sized(struct soap_rm_options* options, size_t size) {
  config::FillDefaults(options, size);
}

extern "C" int soap_rm_options_set(struct soap_rm_options* options, const char* name, const char* value, char* error,
                                   size_t error_size) {
  return config::Guarded(error, error_size,
                         [&](std::string* sentence) { return config::SetByName(options, name, value, sentence); });
}

extern "C" int soap_rm_options_text(struct soap_rm_options* options, const char* text, const char* source, char* error,
                                    size_t error_size) {
  return config::Guarded(error, error_size,
                         [&](std::string* sentence) { return config::SetFromText(options, text, source, sentence); });
}

extern "C" int soap_rm_options_load(struct soap_rm_options* options, const char* file, const char* binding, char* error,
                                    size_t error_size) {
  return config::Guarded(error, error_size,
                         [&](std::string* sentence) { return config::SetFromFile(options, file, binding, sentence); });
}

extern "C" int soap_rm_options_check(const struct soap_rm_options* options, char* error, size_t error_size) {
  return config::Guarded(error, error_size, [&](std::string* sentence) { return config::Check(options, sentence); });
}
