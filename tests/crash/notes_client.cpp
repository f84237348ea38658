// A client of INotes that can be killed at any time: it writes down each note that was taken (exactly the calls that
// returned without an error), and goes on behind the last one when it is started again. One note may have been taken
// and not been written down; it is sent again with another text, so that every taking can be told from every other.
//
//     notes_client --url URL --calls N --set store=sqlite:FILE --progress FILE
#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "Notes.nsmap"
#include "common/client.h"
#include "soapNotesProxy.h"
#include "soap_rm.h"

namespace {

class Progress {
 public:
  explicit Progress(const std::string& path) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      if (line == "start") ++starts_;
      if (line != "start") last_ = std::stoi(line.substr(0, line.find('.')));
    }
    descriptor_ = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    ok_ = Write("start");
  }
  ~Progress() { close(descriptor_); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  bool ok() const { return ok_; }
  int last() const { return last_; }
  int starts() const { return starts_; }
  bool Write(const std::string& line) {
    const std::string whole = line + "\n";
    return write(descriptor_, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size());
  }

 private:
  int descriptor_ = -1;
  int last_ = 0;
  int starts_ = 0;
  bool ok_ = false;
};

// The value behind the flag, taken out of the arguments.
std::string Take(std::vector<char*>* arguments, const std::string& flag) {
  for (std::size_t i = 1; i + 1 < arguments->size(); ++i) {
    if (flag != (*arguments)[i]) continue;
    const std::string value = (*arguments)[i + 1];
    arguments->erase(arguments->begin() + static_cast<std::ptrdiff_t>(i),
                     arguments->begin() + static_cast<std::ptrdiff_t>(i) + 2);
    return value;
  }
  return std::string();
}

bool SendNotes(NotesProxy* proxy, int count, Progress* progress) {
  for (int id = progress->last() + 1; id <= count; ++id) {
    std::string text = std::to_string(id) + "." + std::to_string(progress->starts());
    _samples__Note note;
    note.id = &id;
    note.text = &text;
    if (proxy->Note(&note) != SOAP_OK) {
      samples::Failed(proxy->soap);
      return false;
    }
    if (!progress->Write(text)) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<char*> arguments(argv, argv + argc);
  Progress progress(Take(&arguments, "--progress"));
  if (!progress.ok()) return 2;
  samples::ClientOptions options =
      samples::ParseClient(static_cast<int>(arguments.size()), arguments.data(), "http://localhost:8080/notes");
  struct soap* soap = samples::NewClientContext(options);
  soap_register_plugin_arg(soap, soap_rm, &options.reliable);
  int status = 1;
  {
    NotesProxy proxy(soap, options.url.c_str());
    if (soap->error == SOAP_OK && soap_rm_resume(soap, options.url.c_str()) == SOAP_OK &&
        SendNotes(&proxy, options.calls, &progress) && soap_rm_flush(soap, nullptr, 120000) == SOAP_OK &&
        soap_rm_close(soap, nullptr) == SOAP_OK)
      status = 0;
    if (status != 0) samples::Failed(soap);
  }
  samples::Free(soap);
  return status;
}
