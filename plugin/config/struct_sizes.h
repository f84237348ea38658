// Structures of the public header grow at their end, and their first member says how long the program's version of them
// is. So a program that was compiled with an older header, or a newer one, is never written past its structure, and a
// size that belongs to no version is refused.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "include/soap_rm.h"

namespace gsoaprm::config {

struct StructSizes {
  std::size_t first;   // of the first version
  std::size_t newest;  // of this library's
};

constexpr StructSizes kOptionsSizes{offsetof(soap_rm_options, recovery_user) + sizeof(void*), sizeof(soap_rm_options)};
constexpr StructSizes kMetricsSizes{offsetof(soap_rm_metrics, answers_collected), sizeof(soap_rm_metrics)};
constexpr StructSizes kErrorSizes{offsetof(soap_rm_error, advice) + sizeof(char*), sizeof(soap_rm_error)};

// The defaults for a structure of `size` bytes, and nothing beyond them.
void FillDefaults(soap_rm_options* options, std::size_t size) noexcept;

// The options as this library knows them: what an older program does not know has its default. False and a sentence
// when the size is none, or a newer program's, whose further options nobody here would heed.
bool TakeOptions(const soap_rm_options* given, StructSizes sizes, soap_rm_options* options, std::string* error);

// Back to the program; false and a sentence when an option was set that it has no place for.
bool GiveOptions(const soap_rm_options& options, soap_rm_options* given, std::string* error);

// What this library tells in `full`, as far as the program's structure has room for it; the rest of a newer program's
// is zero. False and a sentence when the size is none.
bool GiveStruct(std::string_view name, const void* full, StructSizes sizes, void* given, std::string* error);

}  // namespace gsoaprm::config
