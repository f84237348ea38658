// The fault proxy as a program. Prints "LISTENING port", and its counts when it is ended by SIGTERM or SIGINT.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include "proxy/fault_proxy.h"

namespace {

using gsoaprm::proxy::Faults;

constexpr char kUsage[] =
    "usage: %s --listen PORT --to HOST:PORT [--seed N] [--drop-request PERCENT] [--drop-response PERCENT]\n"
    "          [--duplicate PERCENT] [--delay PERCENT:MILLISECONDS] [--reorder PERCENT[:MILLISECONDS]]\n"
    "          [--reset PERCENT] [--rule RULE]... [--rules FILE]\n"
    "a rule: FAULT [n=FIRST] [times=K] [ms=MILLISECONDS] [bytes=ARRIVING] [match=TEXT], where FAULT is drop-request,\n"
    "        drop-response, duplicate, duplicate-second, delay, delay-response, reorder, reset or reset-response\n";

struct Arguments {
  uint16_t listen_port = 0;
  std::string host;
  uint16_t port = 0;
  Faults faults;
};

[[noreturn]] void Refuse(const std::string& sentence) {
  std::fprintf(stderr, "%s\n", sentence.c_str());
  std::exit(2);
}

double Number(const std::string& name, const std::string& text, double maximum) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(value >= 0 && value <= maximum)) {
    Refuse(name + " takes a number up to " + std::to_string(static_cast<long>(maximum)) + ", not '" + text + "'");
  }
  return value;
}

uint16_t Port(const std::string& name, const std::string& text) {
  return static_cast<uint16_t>(Number(name, text, 65535));
}

// PERCENT[:MILLISECONDS]
void ReadChance(const std::string& name, const std::string& text, double* chance, int* milliseconds) {
  const size_t colon = text.find(':');
  *chance = Number(name, text.substr(0, colon), 100);
  if (colon != std::string::npos) *milliseconds = static_cast<int>(Number(name, text.substr(colon + 1), 3600000));
}

void ReadTarget(const std::string& text, Arguments* arguments) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) Refuse("--to takes HOST:PORT, not '" + text + "'");
  arguments->host = text.substr(0, colon);
  arguments->port = Port("--to", text.substr(colon + 1));
}

void AddRules(const std::string& text, Faults* faults) {
  std::string error;
  if (!gsoaprm::proxy::ParseRules(text, &faults->rules, &error)) Refuse(error);
}

std::string ReadFile(const std::string& name) {
  std::ifstream file(name);
  if (!file) Refuse("cannot read " + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// False when the name is not known.
bool Read(const std::string& name, const std::string& value, Arguments* arguments) {
  Faults& faults = arguments->faults;
  if (name == "--listen") {
    arguments->listen_port = Port(name, value);
  } else if (name == "--to") {
    ReadTarget(value, arguments);
  } else if (name == "--seed") {
    faults.seed = static_cast<uint64_t>(Number(name, value, 9007199254740992.0));
  } else if (name == "--drop-request") {
    faults.drop_request = Number(name, value, 100);
  } else if (name == "--drop-response") {
    faults.drop_response = Number(name, value, 100);
  } else if (name == "--duplicate") {
    faults.duplicate = Number(name, value, 100);
  } else if (name == "--delay") {
    ReadChance(name, value, &faults.delay, &faults.delay_milliseconds);
  } else if (name == "--reorder") {
    ReadChance(name, value, &faults.reorder, &faults.reorder_milliseconds);
  } else if (name == "--reset") {
    faults.reset = Number(name, value, 100);
  } else if (name == "--rule") {
    AddRules(value, &faults);
  } else if (name == "--rules") {
    AddRules(ReadFile(value), &faults);
  } else {
    return false;
  }
  return true;
}

Arguments Parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc || !Read(argv[i], argv[i + 1], &arguments)) {
      std::fprintf(stderr, kUsage, argv[0]);
      std::exit(2);
    }
  }
  if (arguments.host.empty()) Refuse("--to HOST:PORT is missing");
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = Parse(argc, argv);
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);  // before the proxy's threads, so that only sigwait() sees them
  gsoaprm::proxy::FaultProxy proxy(arguments.listen_port, arguments.host, arguments.port, arguments.faults);
  if (proxy.port() == 0) {
    std::fprintf(stderr, "cannot listen on port %d: %s\n", int{arguments.listen_port}, std::strerror(errno));
    return 1;
  }
  std::printf("LISTENING %d\n", int{proxy.port()});
  std::fflush(stdout);
  int signal = 0;
  sigwait(&stop, &signal);
  std::printf("%s\n", Describe(proxy.counts()).c_str());
  return 0;
}
