#include "config/wcf_config.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "config/wcf_binding.h"
#include "config/wcf_document.h"
#include "config/wcf_endpoints.h"

namespace gsoaprm::config {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// Up to one byte more than a configuration may have.
bool ReadFile(const std::string& name, std::string* text) {
  errno = 0;
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(name.c_str(), "rb"));
  if (!file) return false;
  char buffer[16 * 1024];
  while (text->size() <= kMaximumConfigSize) {
    const std::size_t length = std::fread(buffer, 1, sizeof buffer, file.get());
    if (length == 0) break;
    text->append(buffer, length);
  }
  return !std::ferror(file.get());
}

}  // namespace

bool ReadWcfConfig(std::string_view text, std::string_view source, std::string_view binding, soap_rm_options* options,
                   std::string* error) {
  WcfDocument document{std::string(source)};
  WcfBinding found;
  if (text.size() > kMaximumConfigSize) {
    return document.Refuse("The file is longer than " + std::to_string(kMaximumConfigSize) + " bytes.", error);
  }
  return document.Read(text, error) && FindBinding(document, binding, &found, error) &&
         ReadBinding(document, &found, options, error) && ReadClientEndpoints(document, found, options, error);
}

bool LoadWcfConfig(const std::string& file, std::string_view binding, soap_rm_options* options, std::string* error) {
  std::string text;
  if (ReadFile(file, &text)) return ReadWcfConfig(text, file, binding, options, error);
  const std::string why = errno != 0 ? std::generic_category().message(errno) : "reading failed";
  return WcfDocument(file).Refuse("The file cannot be read: " + why + ".", error);
}

}  // namespace gsoaprm::config
