// Cookies of an endpoint: what any exchange receives goes with every later one, whichever connection carries it, so
// that a load balancer keeps the session at the server that knows it. Only where gSOAP was built with cookies;
// elsewhere its list stays empty.
#pragma once

#include <stdsoap2.h>

#include <atomic>
#include <memory>
#include <mutex>

namespace gsoaprm::binding {

struct FreeCookies {
  void operator()(struct soap_cookie* list) const;
};
// A list in gSOAP's form.
using CookieList = std::unique_ptr<struct soap_cookie, FreeCookies>;

CookieList CopyCookies(const struct soap_cookie* list);
bool SameCookies(const struct soap_cookie* a, const struct soap_cookie* b);
// Gives the context this list in place of its own.
void SetCookies(struct soap* soap, CookieList list);

class CookieJar {
 public:
  // Grows with each change; 0: there was never a cookie.
  int version() const { return version_; }
  // Returns the version of what the context has now.
  int CopyTo(struct soap* soap) const;
  void Replace(const struct soap_cookie* list);

 private:
  mutable std::mutex mutex_;
  std::atomic<int> version_{0};
  CookieList list_;
};

}  // namespace gsoaprm::binding
