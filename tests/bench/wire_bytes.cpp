// P6: bytes on the wire per call, both directions, against the same call without the plugin. Counted by a relay.
#include <poll.h>

#include <atomic>

#include "Calculator.nsmap"
#include "support.h"

namespace {

int Listen(int* port) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener, 10) != 0) std::abort();
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  *port = ntohs(address.sin_port);
  return listener;
}

int ConnectTo(int port) {
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
  return connection;
}

// Passes bytes on until one side closes.
void RelayConnection(int client, int server, std::atomic<long>* bytes) {
  pollfd sides[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
  char buffer[65536];
  while (poll(sides, 2, -1) > 0) {
    for (int i = 0; i < 2; i++) {
      if (!sides[i].revents) continue;
      const ssize_t n = read(sides[i].fd, buffer, sizeof buffer);
      if (n <= 0 || write(sides[1 - i].fd, buffer, static_cast<std::size_t>(n)) != n) {
        close(client);
        close(server);
        return;
      }
      *bytes += n;
    }
  }
}

// Bytes of one call, once the session is open.
double BytesPerCall(const soap_rm_options* options) {
  constexpr int kCalls = 1000;
  bench::Server server = bench::Server::Start<calculator::CalculatorService>(options);
  int port = 0;
  const int listener = Listen(&port);
  std::atomic<long> bytes{0};
  const std::string url = server.Url("/calculator");
  const int server_port = std::atoi(url.c_str() + url.rfind(':') + 1);
  std::thread([listener, server_port, &bytes] {
    for (;;) std::thread(RelayConnection, accept(listener, nullptr, nullptr), ConnectTo(server_port), &bytes).detach();
  }).detach();
  bench::Client client("http://127.0.0.1:" + std::to_string(port) + "/calculator", options);
  client.Add();
  const long before = bytes;
  for (int i = 0; i < kCalls; i++) client.Add();
  return static_cast<double>(bytes - before) / kCalls;
}

}  // namespace

int main() {
  soap_rm_options options = bench::Options();
  const double plain = BytesPerCall(nullptr);
  const double reliable = BytesPerCall(&options);
  std::printf("P6 = %.3g (%.0f bytes per call, plain %.0f) bar 1.6\n", reliable / plain, reliable, plain);
  std::fflush(stdout);
  std::_Exit(0);  // the relays have no end of their own
}
