#include "common/context.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace samples {
namespace {

#ifdef WITH_OPENSSL
void UseCertificate(struct soap* soap, const Options& options) {
  if (options.certificate.empty()) return;
  const std::string& key = options.key.empty() ? options.certificate : options.key;
  if (SSL_CTX_use_certificate_chain_file(soap->ctx, options.certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(soap->ctx, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    std::fprintf(stderr, "cannot use the certificate %s with the key %s\n", options.certificate.c_str(), key.c_str());
    std::exit(2);
  }
}

const char* Authority(const Options& options) {
  return options.authority.empty() ? nullptr : options.authority.c_str();
}

void SetUpServerTls(struct soap* soap, const ServerOptions& options) {
  if (options.certificate.empty()) return;
  const unsigned short flags = options.authority.empty() ? SOAP_SSL_DEFAULT : SOAP_SSL_REQUIRE_CLIENT_AUTHENTICATION;
  if (soap_ssl_server_context(soap, flags, nullptr, nullptr, Authority(options), nullptr, nullptr, nullptr, nullptr)) {
    PrintError(soap);
    std::exit(2);
  }
  UseCertificate(soap, options);
}

void SetUpClientTls(struct soap* soap, const ClientOptions& options) {
  if (options.url.rfind("https:", 0) != 0) return;
  if (soap_ssl_client_context(soap, SOAP_SSL_DEFAULT, nullptr, nullptr, Authority(options), nullptr, nullptr)) {
    PrintError(soap);
    std::exit(2);
  }
  UseCertificate(soap, options);
}
#else
void SetUpServerTls(struct soap*, const ServerOptions&) {}
void SetUpClientTls(struct soap*, const ClientOptions&) {}
#endif

struct soap* NewContext(soap_mode mode) {
  std::signal(SIGPIPE, SIG_IGN);  // a peer that hangs up is an error of one call, not the end of the program
#ifdef WITH_OPENSSL
  soap_ssl_init();
#endif
  struct soap* soap = soap_new1(mode);
  if (soap == nullptr) {
    std::fprintf(stderr, "out of memory\n");
    std::exit(2);
  }
  soap->send_timeout = 60;
  soap->recv_timeout = 60;
  return soap;
}

}  // namespace

struct soap* NewServerContext(const ServerOptions& options) {
  // Keep-alive is for servers with threads: one that serves a connection at a time would sit on an idle one.
  struct soap* soap = NewContext(options.iterative ? SOAP_IO_DEFAULT : SOAP_IO_KEEPALIVE);
  soap->bind_flags = SO_REUSEADDR;
  // gSOAP ends a connection after 100 requests; who has a thread keeps it instead of having to find another.
  soap->max_keep_alive = 0;
  SetUpServerTls(soap, options);
  return soap;
}

struct soap* NewClientContext(const ClientOptions& options) {
  struct soap* soap = NewContext(SOAP_IO_KEEPALIVE);
  soap->connect_timeout = 60;
  SetUpClientTls(soap, options);
  return soap;
}

void PrintError(struct soap* soap) {
  char text[2048] = "";
  soap_sprint_fault(soap, text, sizeof(text));
  std::fputs(text, stderr);  // one write, so that the lines of several threads do not mix
}

#ifdef WITH_RM
void PrintMetrics(struct soap* soap, const Options& options) {
  soap_rm_metrics metrics = {};
  metrics.size = sizeof(metrics);
  if (!options.metrics || soap_rm_get_metrics(soap, &metrics) != SOAP_OK) return;
  const struct {
    const char* name;
    uint64_t value;
  } counters[] = {{"messages_sent", metrics.messages_sent},
                  {"retransmissions", metrics.retransmissions},
                  {"keep_alives", metrics.keep_alives},
                  {"sessions_opened", metrics.sessions_opened},
                  {"sessions_faulted", metrics.sessions_faulted},
                  {"operations_started", metrics.operations_started},
                  {"duplicates_suppressed", metrics.duplicates_suppressed},
                  {"replies_repeated", metrics.replies_repeated},
                  {"early_messages_kept", metrics.early_messages_kept},
                  {"messages_dropped", metrics.messages_dropped},
                  {"open_sessions", metrics.open_sessions},
                  {"answers_collected", metrics.answers_collected},
                  {"responses_posted", metrics.responses_posted},
                  {"responses_lost", metrics.responses_lost}};
  for (const auto& counter : counters) {
    std::fprintf(stderr, "%s=%llu\n", counter.name, static_cast<unsigned long long>(counter.value));
  }
}
#else
void PrintMetrics(struct soap*, const Options&) {}
#endif

void Free(struct soap* soap) {
  soap_destroy(soap);
  soap_end(soap);
  soap_free(soap);
}

}  // namespace samples
