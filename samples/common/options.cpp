#include "common/options.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace samples {
namespace {

constexpr char kServerUsage[] =
    "usage: %s [--port P] [--connections N] [--iterative] [--log] [--metrics] [--unordered] [--set option=value]...\n"
    "          [--config FILE --binding NAME] [--tls-cert FILE --tls-key FILE [--ca FILE]]\n";
constexpr char kClientUsage[] =
    "usage: %s [--url URL] [--rm 2005|1.1] [--soap 1.1|1.2] [--unordered] [--calls N] [--threads K] [--metrics]\n"
    "          [--set option=value]... [--config FILE --binding NAME] [--ca FILE] [--tls-cert FILE --tls-key FILE]\n";

[[noreturn]] void Refuse(const std::string& sentence) {
  std::fprintf(stderr, "%s\n", sentence.c_str());
  std::exit(2);
}

// What the command line says about the reliable session, in its order.
struct SessionSettings {
  std::string config;
  std::string binding;
  std::vector<std::pair<std::string, std::string>> values;
};

class CommandLine {
 public:
  CommandLine(int argc, char** argv, const char* usage) : argc_(argc), argv_(argv), usage_(usage) {}

  bool Next(std::string* name) {
    if (next_ >= argc_) return false;
    *name = argv_[next_++];
    if (*name == "--help") {
      std::printf(usage_, argv_[0]);
      std::exit(0);
    }
    return true;
  }

  std::string Text(const std::string& name) {
    if (next_ >= argc_) Refuse(name + " needs a value");
    return argv_[next_++];
  }

  int Number(const std::string& name, int minimum, int maximum) {
    const std::string text = Text(name);
    char* end = nullptr;
    const long value = std::strtol(text.c_str(), &end, 10);
    if (text.empty() || *end != '\0' || value < minimum || value > maximum) {
      Refuse(name + " takes a number from " + std::to_string(minimum) + " to " + std::to_string(maximum) + ", not '" +
             text + "'");
    }
    return static_cast<int>(value);
  }

  [[noreturn]] void RefuseUnknown(const std::string& name) const {
    std::fprintf(stderr, "unknown option '%s'\n", name.c_str());
    std::fprintf(stderr, usage_, argv_[0]);
    std::exit(2);
  }

 private:
  int argc_;
  char** argv_;
  const char* usage_;
  int next_ = 1;
};

bool ParseSession(CommandLine* line, const std::string& name, SessionSettings* session) {
  if (name == "--config") {
    session->config = line->Text(name);
  } else if (name == "--binding") {
    session->binding = line->Text(name);
  } else if (name == "--unordered") {
    session->values.emplace_back("ordered", "0");
  } else if (name == "--rm") {
    session->values.emplace_back("reliable_messaging_version", line->Text(name));
  } else if (name == "--set") {
    const std::string text = line->Text(name);
    const size_t equals = text.find('=');
    if (equals == std::string::npos) Refuse("--set takes option=value, not '" + text + "'");
    session->values.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  } else {
    return false;
  }
  return true;
}

bool ParseCommon(CommandLine* line, const std::string& name, Options* options) {
  if (name == "--tls-cert") {
    options->certificate = line->Text(name);
  } else if (name == "--tls-key") {
    options->key = line->Text(name);
  } else if (name == "--ca") {
    options->authority = line->Text(name);
  } else if (name == "--metrics") {
    options->metrics = true;
  } else {
    return false;
  }
#ifndef WITH_OPENSSL
  if (name != "--metrics") Refuse(name + " needs the program built with OpenSSL, whose name ends in _ssl");
#endif
  return true;
}

#ifdef WITH_RM
// The configuration file first, whatever the order, so that the command line refines it.
void Apply(const SessionSettings& session, Options* options) {
  char error[512] = "";
  soap_rm_options_default(&options->reliable);
  if (session.config.empty() != session.binding.empty()) Refuse("--config and --binding go together");
  if (!session.config.empty() && soap_rm_options_load(&options->reliable, session.config.c_str(),
                                                      session.binding.c_str(), error, sizeof(error)) != 0) {
    Refuse(error);
  }
  for (const auto& [name, value] : session.values) {
    if (soap_rm_options_set(&options->reliable, name.c_str(), value.c_str(), error, sizeof(error)) != 0) Refuse(error);
  }
}
#else
void Apply(const SessionSettings& session, Options*) {
  if (!session.config.empty() || !session.binding.empty() || !session.values.empty()) {
    Refuse("this program was built without reliable sessions");
  }
}
#endif

}  // namespace

ServerOptions ParseServer(int argc, char** argv) {
  ServerOptions options;
  SessionSettings session;
  CommandLine line(argc, argv, kServerUsage);
  std::string name;
  while (line.Next(&name)) {
    if (name == "--port") {
      options.port = line.Number(name, 1, 65535);
    } else if (name == "--connections") {
      options.connections = line.Number(name, 1, 100000);
    } else if (name == "--iterative") {
      options.iterative = true;
    } else if (name == "--log") {
      options.log = true;
    } else if (!ParseCommon(&line, name, &options) && !ParseSession(&line, name, &session)) {
      line.RefuseUnknown(name);
    }
  }
  Apply(session, &options);
  return options;
}

ClientOptions ParseClient(int argc, char** argv, const char* default_url) {
  ClientOptions options;
  options.url = default_url;
  SessionSettings session;
  CommandLine line(argc, argv, kClientUsage);
  std::string name;
  while (line.Next(&name)) {
    if (name == "--url") {
      options.url = line.Text(name);
    } else if (name == "--soap") {
      options.soap_version = line.Text(name);
      if (options.soap_version != "1.1" && options.soap_version != "1.2") Refuse("--soap takes 1.1 or 1.2");
    } else if (name == "--calls") {
      options.calls = line.Number(name, 1, 100000000);
    } else if (name == "--threads") {
      options.threads = line.Number(name, 1, 1024);
    } else if (!ParseCommon(&line, name, &options) && !ParseSession(&line, name, &session)) {
      line.RefuseUnknown(name);
    }
  }
  Apply(session, &options);
  return options;
}

}  // namespace samples
