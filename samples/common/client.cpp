#include "common/client.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

namespace samples {
namespace {

constexpr int kMostResultsPrinted = 20;

}  // namespace

void Tally::Add(Outcome outcome) {
  ++calls;
  if (outcome == Outcome::kWrong) ++wrong;
  if (outcome == Outcome::kFailed) ++failed;
}

Tally RunCalls(struct soap* soap, const ClientOptions& options, int count,
               const std::function<Call(struct soap*)>& make_call) {
  Tally total;
  if (soap->error != SOAP_OK) {  // the plugin was not registered
    PrintError(soap);
    total.failed = count;
    return total;
  }
  std::mutex mutex;
  std::atomic<int> next{1};
  const auto work = [&] {
    struct soap* copy = soap_copy(soap);
    if (copy == nullptr) return;
    Tally tally;
    {
      const Call call = make_call(copy);
      UseSoapVersion(copy, options.soap_version);
      for (int number = next++; number <= count; number = next++) {
        tally.Add(call(number));
        soap_destroy(copy);
        soap_end(copy);
      }
    }
    Free(copy);
    const std::lock_guard<std::mutex> lock(mutex);
    total.calls += tally.calls;
    total.wrong += tally.wrong;
    total.failed += tally.failed;
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < std::min(options.threads, count); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  total.failed += count - total.calls;
  total.calls = count;
  return total;
}

bool OneAfterAnother(const ClientOptions& options) {
#ifdef WITH_RM
  return options.threads == 1 && options.reliable.ordered != 0;
#else
  return options.threads == 1;
#endif
}

void WaitUntilTaken(struct soap* soap, const ClientOptions& options) {
#ifdef WITH_RM
  if (soap_rm_flush(soap, options.url.c_str(), options.reliable.send_timeout) != SOAP_OK) PrintError(soap);
#else
  (void)soap;  // a one-way call has returned when the service has taken it
  (void)options;
#endif
}

Outcome Check(const ClientOptions& options, const char* call, double result, double expected) {
  if (options.calls <= kMostResultsPrinted) std::printf("%s = %.15g\n", call, result);
  if (result == expected) return Outcome::kRight;
  std::fprintf(stderr, "%s = %.15g, expected %.15g\n", call, result, expected);
  return Outcome::kWrong;
}

Outcome Failed(struct soap* soap) {
  PrintError(soap);
  return Outcome::kFailed;
}

int Finish(struct soap* soap, const ClientOptions& options, const Tally& tally) {
  bool good = tally.wrong == 0 && tally.failed == 0;
#ifdef WITH_RM
  if (soap_rm_close(soap, options.url.c_str()) != SOAP_OK) {
    PrintError(soap);
    good = false;
  }
#endif
  PrintMetrics(soap, options);
  std::printf("%d calls, %d wrong, %d failed\n", tally.calls, tally.wrong, tally.failed);
  Free(soap);
  return good ? 0 : 1;
}

void UseSoapVersion(struct soap* soap, const std::string& version) {
  if (version.empty()) return;
  // soap_set_version() does not outlive soap_begin(): what counts is the first line of the namespace table.
  size_t size = 1;
  while (soap->namespaces[size - 1].id != nullptr) ++size;
  // Lives as long as the context, which soap_end() between the calls does not end.
  static thread_local std::vector<struct Namespace> table;
  table.assign(soap->namespaces, soap->namespaces + size);
  const bool soap_11 = version == "1.1";
  table[0].ns = soap_11 ? "http://schemas.xmlsoap.org/soap/envelope/" : "http://www.w3.org/2003/05/soap-envelope";
  table[1].ns = soap_11 ? "http://schemas.xmlsoap.org/soap/encoding/" : "http://www.w3.org/2003/05/soap-encoding";
  soap_set_namespaces(soap, table.data());
}

}  // namespace samples
