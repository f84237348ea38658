#include "gsoap/support/intermediary.h"

#include <string_view>
#include <utility>

namespace gsoaprm::testing {

Intermediary::Intermediary(int service_port, Answer answer)
    : service_port_(static_cast<std::uint16_t>(service_port)),
      answer_(std::move(answer)),
      listener_(proxy::Listen(&port_)),
      acceptor_([this] { Accept(); }) {}

Intermediary::~Intermediary() {
  stop_.Raise();
  acceptor_.join();
  for (std::thread& connection : connections_) connection.join();
}

void Intermediary::Accept() {
  while (true) {
    proxy::Descriptor socket = proxy::Accept(listener_, stop_);
    if (!socket.valid()) return;
    connections_.emplace_back(
        [this, client = proxy::Connection(std::move(socket), &stop_)]() mutable { Serve(&client); });
  }
}

void Intermediary::Serve(proxy::Connection* client) const {
  proxy::Connection service = proxy::Connection::To("127.0.0.1", service_port_, &stop_);
  proxy::HttpMessage request, response;
  while (client->ReadRequest(&request) && service.Write(request.bytes) && service.ReadResponse(&response)) {
    const bool is_call = request.body().find("ICalculator/Add") != std::string_view::npos;
    if (!(is_call ? answer_(client, stop_, response.bytes) : client->Write(response.bytes))) return;
  }
}

}  // namespace gsoaprm::testing
