// The command lines of the sample programs.
#ifndef SAMPLES_COMMON_OPTIONS_H_
#define SAMPLES_COMMON_OPTIONS_H_

#include <string>
#include <utility>
#include <vector>

#ifdef WITH_RM
#include "soap_rm.h"
#endif

namespace samples {

// What servers and clients have in common.
struct Options {
  std::string certificate;  // PEM files, for the programs built with OpenSSL
  std::string key;
  std::string authority;
  bool metrics = false;  // the plugin's counters on stderr at the end
#ifdef WITH_RM
  soap_rm_options reliable;  // for soap_register_plugin_arg()
#endif
};

struct ServerOptions : Options {
  int port = 8080;
  int connections = 512;   // with a thread each; further ones are refused with HTTP 503
  bool iterative = false;  // one connection after the other, no threads
  bool log = false;        // one line for each execution
};

struct ClientOptions : Options {
  std::string url;
  std::string soap_version;  // "": as generated
  int calls = 10;
  int threads = 1;
};

// Both print a sentence and end the program when the command line is wrong.
ServerOptions ParseServer(int argc, char** argv);
ClientOptions ParseClient(int argc, char** argv, const char* default_url);

}  // namespace samples

#endif  // SAMPLES_COMMON_OPTIONS_H_
