#include "config/struct_sizes.h"

#include <algorithm>
#include <cstring>

#include "config/option_table.h"

namespace gsoaprm::config {
namespace {

soap_rm_options Defaults() {
  soap_rm_options options;
  std::memset(&options, 0, sizeof options);
  options.size = sizeof options;
  // The texts of the table are good values, so that nothing can fail here: a test holds them against the ranges.
  std::string error;
  for (const OptionRow& row : Options()) {
    if (!SetOption(row, row.name, row.default_text, TextSyntax::kOurs, &options, &error)) break;
  }
  return options;
}

std::size_t SizeOf(const void* given) {
  std::size_t size;
  std::memcpy(&size, given, sizeof size);
  return size;
}

// As many bytes as both have; the size stays the program's.
void Overlay(void* target, const void* source, std::size_t size) {
  constexpr std::size_t kFirst = sizeof(std::size_t);
  std::memcpy(static_cast<char*>(target) + kFirst, static_cast<const char*>(source) + kFirst, size - kFirst);
}

}  // namespace

void FillDefaults(soap_rm_options* options, std::size_t size) noexcept {
  if (!options || size < sizeof size) return;
  std::memset(options, 0, size);
  options->size = size;
  try {
    const soap_rm_options defaults = Defaults();
    Overlay(options, &defaults, std::min(size, sizeof defaults));
  } catch (...) {
    options->size = 0;  // memory has run out: whoever takes the options refuses them
  }
}

bool TakeOptions(const soap_rm_options* given, StructSizes sizes, soap_rm_options* options, std::string* error) {
  if (!given) {
    *error = "There are no options: the pointer is NULL.";
    return false;
  }
  const std::size_t size = SizeOf(given);
  if (size < sizes.first) {
    *error = "options.size is " + std::to_string(size) + ", not " + std::to_string(sizes.newest) +
             ": fill the options with soap_rm_options_default() before changing them.";
    return false;
  }
  if (size > sizes.newest) {
    *error = "options.size is " + std::to_string(size) + ", but this library knows options of " +
             std::to_string(sizes.newest) + " bytes: the program was compiled with the header of a newer one.";
    return false;
  }
  *options = Defaults();
  Overlay(options, given, size);
  return true;
}

bool GiveOptions(const soap_rm_options& options, soap_rm_options* given, std::string* error) {
  const std::size_t size = SizeOf(given);
  for (const OptionRow& row : Options()) {
    if (row.offset + row.size <= size || OptionText(row, options) == row.default_text) continue;
    *error = "The program was compiled with an older header, which has no option " + std::string(row.name) + ".";
    return false;
  }
  Overlay(given, &options, size);
  return true;
}

bool GiveStruct(std::string_view name, const void* full, StructSizes sizes, void* given, std::string* error) {
  const std::size_t size = SizeOf(given);
  if (size < sizes.first) {
    *error = std::string(name) + ".size is " + std::to_string(size) + ", not " + std::to_string(sizes.newest) +
             ": set it to the size of the structure.";
    return false;
  }
  if (size > sizes.newest) std::memset(static_cast<char*>(given) + sizes.newest, 0, size - sizes.newest);
  Overlay(given, full, std::min(size, sizes.newest));
  return true;
}

}  // namespace gsoaprm::config
