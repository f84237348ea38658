#include "gsoap/transport.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "gsoap/context.h"
#include "gsoap/gzip.h"

namespace gsoaprm::binding {
namespace {

// Of the application's message that may be in the making on the context that was copied, nothing is ours.
void ForgetMessage(struct soap* soap) {
  soap->socket = soap->sendsk = soap->recvsk = soap->master = SOAP_INVALID_SOCKET;
  soap->sendfd = soap->recvfd = -1;
  soap->os = nullptr;
  soap->is = nullptr;
  soap->keep_alive = 0;
  soap->bufidx = soap->buflen = soap->chunkbuflen = soap->chunksize = 0;
  soap->ahead = 0;
  soap->dime.list = soap->dime.first = soap->dime.last = nullptr;
  soap->mime.list = soap->mime.first = soap->mime.last = nullptr;
  soap->mime.boundary = nullptr;
  soap->mime.start = nullptr;
  soap->http_content = soap->http_extra_header = nullptr;
  soap->authrealm = nullptr;
  soap->proxy_from = soap->origin = soap->cors_origin = soap->cors_method = soap->cors_header = nullptr;
  soap->fform = nullptr;
}

void BecomeCarrier(struct soap* soap) {
  // Hooks that look at the XML would see a message twice; those that see HTTP and bytes (logging) stay.
  soap->fpreparesend = nullptr;
  soap->fpreparerecv = nullptr;
  soap->fpreparefinalsend = nullptr;
  soap->fpreparefinalrecv = nullptr;
  soap->ffiltersend = nullptr;
  soap->ffilterrecv = nullptr;
  soap->fserveloop = nullptr;
  // It carries bytes that are written already, as one buffer where they fit, and keeps its connection.
  const soap_mode unwanted = SOAP_IO | SOAP_IO_LENGTH | SOAP_ENC_ZLIB | SOAP_ENC_DIME | SOAP_ENC_MIME | SOAP_ENC_MTOM |
                             SOAP_ENC_PLAIN | SOAP_IO_UDP;
  soap->mode = 0;
  soap->imode = (soap->imode & ~unwanted) | SOAP_IO_KEEPALIVE;
  soap->omode = (soap->omode & ~unwanted) | SOAP_IO_KEEPALIVE | SOAP_IO_BUFFER;
  soap->max_keep_alive = 0;
  soap->namespaces = nullptr;  // nothing is serialised here
  soap->version = 1;           // so that gSOAP adds no action parameter to the Content-Type
  soap->connect_retry = 0;     // the session sends again
  soap->socket_flags |= MSG_NOSIGNAL;
}

// Hooks that would only pass through are given back, for speed; those that read the response stay.
void KeepReadingHooks(struct soap* soap, const Context& context) {
  const auto parse = soap->fparse;
  const auto parse_header = soap->fparsehdr;
  const auto receive = soap->frecv;
  RemoveHooks(soap, context.previous);
  soap->fparse = parse;
  soap->fparsehdr = parse_header;
  soap->frecv = receive;
}

struct FreeContext {
  void operator()(struct soap* soap) const {
    soap_destroy(soap);
    soap_end(soap);
    soap_free(soap);
  }
};
using OwnContext = std::unique_ptr<struct soap, FreeContext>;

// What is freed with it is no longer the caller's to free.
std::shared_ptr<Transport> MakeTransport(OwnContext own, const soap_rm_options& options, int generation) {
  auto transport = std::make_shared<Transport>(own.get(), options, generation);
  static_cast<void>(own.release());
  return transport;
}

}  // namespace

std::shared_ptr<Transport> Transport::CopyOf(struct soap* soap, const soap_rm_options& options) {
  OwnContext owned(soap_copy(soap));
  if (!owned) return nullptr;
  struct soap* const own = owned.get();
  Context& context = GetContext(own);
  context.BecomeTransport();
  ForgetMessage(own);
  BecomeCarrier(own);
  soap_free_temp(own);
  KeepReadingHooks(own, context);
  if (!own->connect_timeout) own->connect_timeout = GsoapTimeout(options.send_timeout);
  return MakeTransport(std::move(owned), options, 0);
}

std::shared_ptr<Transport> Transport::Copy() const {
  OwnContext own(soap_copy(soap_));
  if (!own) return nullptr;
  KeepReadingHooks(own.get(), GetContext(own.get()));
  ForgetMessage(own.get());
  return MakeTransport(std::move(own), options_, generation_);
}

Transport::Transport(struct soap* own, const soap_rm_options& options, int generation)
    : soap_(own), options_(options), generation_(generation) {
  GetContext(soap_).transport = this;
}

Transport::~Transport() {
  soap_->keep_alive = 0;
  soap_destroy(soap_);
  soap_end(soap_);
  soap_free(soap_);
}

std::uint64_t Transport::BeginTurn() {
  std::lock_guard<std::mutex> lock(mutex_);
  interrupted_ = false;
  return ++turn_;
}

bool Transport::Arm() {
  std::lock_guard<std::mutex> lock(mutex_);
  socket_ = soap_->socket;
  return !interrupted_;
}

void Transport::Disarm() {
  std::lock_guard<std::mutex> lock(mutex_);
  socket_ = SOAP_INVALID_SOCKET;
}

void Transport::Interrupt(std::uint64_t turn) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (turn != turn_) return;
  interrupted_ = true;
  // The descriptor stays open until its owner closes it, so that it cannot be another's meanwhile.
  if (soap_valid_socket(socket_)) ::shutdown(socket_, SHUT_RDWR);
}

void Transport::BoundReading() {
  if (!soap_->recv_timeout) soap_->recv_timeout = GsoapTimeout(options_.send_timeout);
  if (!soap_->send_timeout) soap_->send_timeout = GsoapTimeout(options_.send_timeout);
}

std::string Transport::ExtraHeaders(const TransportSettings* settings, bool compressed) const {
  std::string headers = settings ? settings->extra_header() : std::string();
  const auto add = [&headers](const char* line) {
    if (!headers.empty()) headers += "\r\n";
    headers += line;
  };
  if (options_.compress) add("Accept-Encoding: gzip");
  if (compressed) add("Content-Encoding: gzip");
  return headers;
}

bool Transport::Connect(const TransportRequest& request, std::size_t size) {
  if (request.settings) {
    request.settings->Apply(soap_);
  } else {
    soap_->bearer = soap_->userid = soap_->passwd = soap_->authrealm = nullptr;
  }
  soap_->http_content = request.message->content_type.c_str();
  soap_->http_extra_header = extra_header_.empty() ? nullptr : extra_header_.c_str();
  soap_->count = size;
  input_.Expect();
  // Writes the HTTP header into gSOAP's buffer; the connection is opened unless the one from before is still good.
  connecting_ = true;
  const int error = soap_connect_command(soap_, SOAP_POST_FILE, request.address,
                                         request.soap_action ? request.soap_action->c_str() : nullptr);
  connecting_ = false;
  return error == SOAP_OK;
}

bool Transport::Send(const TransportRequest& request) {
  const bool compress = options_.compress && Gzip(request.message->entity, &compressed_);
  const std::string& body = compress ? compressed_ : request.message->entity;
  extra_header_ = ExtraHeaders(request.settings, compress);
  if (!Connect(request, body.size())) {
    failure_ = ConnectFailure();
    return false;
  }
  if (!Arm()) {
    failure_ = NoAnswer("the exchange was given up");
    return false;
  }
  if (soap_send_raw(soap_, body.data(), body.size()) || soap_end_send(soap_)) {
    failure_ = NoAnswer(soap_->errnum ? std::string("sending failed: ") + ErrorText(soap_->errnum)
                                      : std::string("sending failed: the connection was closed or timed out"));
    return false;
  }
  return true;
}

bool Transport::Post(const TransportRequest& request) {
  const bool sent = Send(request);
  if (!sent) EndConnection();
  return sent;
}

// What soap_begin_recv() does as far as HTTP is concerned. The rest of it prepares for XML, which is not parsed here,
// and costs as much as the whole exchange does otherwise.
void Transport::PrepareReading() {
  input_.Expect();
  soap_->error = SOAP_OK;
  soap_->errnum = 0;
  soap_->imode &= ~(SOAP_IO | SOAP_ENC_DIME | SOAP_ENC_MIME | SOAP_ENC_MTOM | SOAP_ENC_ZLIB);
  soap_->mode = soap_->imode;
  soap_->buflen = soap_->bufidx = soap_->chunkbuflen = soap_->chunksize = 0;
  soap_->ahead = 0;
  soap_->peeked = 0;
  soap_->count = 0;
  soap_->length = 0;
  soap_->part = SOAP_BEGIN_RECV;
}

std::size_t Transport::Receive(Context& context, char* buffer, std::size_t capacity) {
  return input_.Read(soap_, &context.instance->clock, Duration::Milliseconds(options_.read_timeout), capacity,
                     [&](std::size_t size) { return context.previous.frecv(soap_, buffer, size); });
}

engine::ExchangeResult Transport::Read() {
  answer_ = HttpAnswer();
  PrepareReading();
  soap_->fparse(soap_);  // ends in Parse()
  engine::ExchangeResult result;
  if (answer_.parsed) {
    result = Judge();
  } else {
    result = NoAnswer(soap_->errnum ? std::string("no answer: ") + ErrorText(soap_->errnum)
                                    : std::string("no answer: the connection was closed or timed out"));
  }
  const bool clean = answer_.parsed && answer_.reading == ReadEntityResult::kOk && !incoming_.has_later();
  if (!clean || !soap_->keep_alive) {
    EndConnection();
  } else {
    Disarm();
    Clean();
  }
  return result;
}

void Transport::UseCookies(const CookieJar& jar) {
  if (jar.version() != cookies_version_) cookies_version_ = jar.CopyTo(soap_);
}

void Transport::KeepCookies(CookieJar* jar) {
  if (!answer_.sets_cookie) return;
  jar->Replace(soap_->cookies);
  cookies_version_ = jar->version();
}

void Transport::EndConnection() {
  Disarm();
  soap_->keep_alive = 0;
  soap_->error = SOAP_OK;
  soap_closesock(soap_);
  incoming_.Clear();
  Clean();
}

// As soap_end() but for the connection; gSOAP's managed memory grows with each exchange.
void Transport::Clean() {
  soap_->http_content = soap_->http_extra_header = nullptr;
  soap_->bearer = soap_->userid = soap_->passwd = soap_->authrealm = nullptr;
  soap_destroy(soap_);  // gSOAP makes faults of the application's class for what fails here
  soap_dealloc(soap_, nullptr);
  soap_->action = nullptr;
}

}  // namespace gsoaprm::binding
