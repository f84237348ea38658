// P1: reliable request-reply against the same program without the plugin. P9: spurious retransmissions without loss.
// --rounds N (11), --seconds N of each half round (2), --p9-calls N (100000).
#include "Calculator.nsmap"
#include "support.h"

int main(int argc, char** argv) {
  const bench::Arguments arguments(argc, argv, {{"--rounds", "11"}, {"--seconds", "2"}, {"--p9-calls", "100000"}});
  const int rounds = arguments.Number("--rounds");
  const int seconds = arguments.Number("--seconds");
  const int p9_calls = arguments.Number("--p9-calls");
  soap_rm_options options = bench::Options();
  bench::Server plain_server = bench::Server::Start<calculator::CalculatorService>(nullptr);
  bench::Server reliable_server = bench::Server::Start<calculator::CalculatorService>(&options);
  bench::Pin(0);
  bench::Client plain(plain_server, "/calculator", nullptr);
  bench::Client reliable(reliable_server, "/calculator", &options);
  bench::Rate(0.5, [&] { plain.Add(); });
  bench::Rate(0.5, [&] { reliable.Add(); });
  std::vector<double> ratios, plain_rates, reliable_rates;
  for (int round = 0; round < rounds; round++) {
    plain_rates.push_back(bench::Rate(seconds, [&] { plain.Add(); }));
    reliable_rates.push_back(bench::Rate(seconds, [&] { reliable.Add(); }));
    ratios.push_back(reliable_rates.back() / plain_rates.back());
  }
  bench::Print("P1", ratios, "0.80");
  bench::Print("plain calls/s", plain_rates);
  bench::Print("reliable calls/s", reliable_rates);
  while (reliable.Metrics().messages_sent < static_cast<std::uint64_t>(p9_calls)) reliable.Add();
  const soap_rm_metrics metrics = reliable.Metrics();
  std::printf("P9 = %llu (spurious retransmissions in %llu calls) bar 0\n",
              static_cast<unsigned long long>(metrics.retransmissions),
              static_cast<unsigned long long>(metrics.messages_sent));
  return soap_rm_close(reliable.soap(), nullptr) == SOAP_OK ? 0 : 1;
}
