// P12: two sessions side by side, one at its first message and one beyond its 50,000th: the ratio of their rates.
// --rounds N (11), --seconds N of each half round (1).
#include "Calculator.nsmap"
#include "support.h"

int main(int argc, char** argv) {
  const bench::Arguments arguments(argc, argv, {{"--rounds", "11"}, {"--seconds", "1"}});
  const int rounds = arguments.Number("--rounds");
  const int seconds = arguments.Number("--seconds");
  soap_rm_options options = bench::Options();
  bench::Server server = bench::Server::Start<calculator::CalculatorService>(&options);
  bench::Pin(0);
  bench::Client old_session(server, "/calculator", &options);
  while (old_session.Metrics().messages_sent <= 50000) old_session.Add();
  std::vector<double> ratios;
  for (int round = 0; round < rounds; round++) {
    bench::Client new_session(server, "/calculator", &options);
    new_session.Add();
    const double young = bench::Rate(seconds, [&] { new_session.Add(); });
    const double old = bench::Rate(seconds, [&] { old_session.Add(); });
    ratios.push_back(old / young);
    if (soap_rm_close(new_session.soap(), nullptr) != SOAP_OK) return 1;
  }
  bench::Print("P12", ratios, "0.90");
  return soap_rm_close(old_session.soap(), nullptr) == SOAP_OK ? 0 : 1;
}
