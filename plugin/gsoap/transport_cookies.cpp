#include "gsoap/transport_cookies.h"

#include <cstdlib>
#include <cstring>
#include <new>

namespace gsoaprm::binding {
namespace {

// gSOAP frees the list with free().
char* CopyText(const char* text) {
  if (!text) return nullptr;
  char* const copy = strdup(text);
  if (!copy) throw std::bad_alloc();
  return copy;
}

bool SameText(const char* a, const char* b) { return a == b || (a && b && !std::strcmp(a, b)); }

}  // namespace

void FreeCookies::operator()(struct soap_cookie* list) const {
  while (list) {
    struct soap_cookie* const next = list->next;
    std::free(list->name);
    std::free(list->value);
    std::free(list->domain);
    std::free(list->path);
    std::free(list);
    list = next;
  }
}

CookieList CopyCookies(const struct soap_cookie* list) {
  CookieList first;
  struct soap_cookie* last = nullptr;
  for (; list; list = list->next) {
    auto* const copy = static_cast<struct soap_cookie*>(std::calloc(1, sizeof(struct soap_cookie)));
    if (!copy) throw std::bad_alloc();
    if (last) {
      last->next = copy;
    } else {
      first.reset(copy);
    }
    last = copy;
    *copy = *list;
    copy->next = nullptr;
    copy->name = copy->value = copy->domain = copy->path = nullptr;
    copy->name = CopyText(list->name);
    copy->value = CopyText(list->value);
    copy->domain = CopyText(list->domain);
    copy->path = CopyText(list->path);
  }
  return first;
}

bool SameCookies(const struct soap_cookie* a, const struct soap_cookie* b) {
  for (; a && b; a = a->next, b = b->next) {
    if (!SameText(a->name, b->name) || !SameText(a->value, b->value) || !SameText(a->domain, b->domain) ||
        !SameText(a->path, b->path) || a->expire != b->expire)
      return false;
  }
  return a == b;
}

void SetCookies(struct soap* soap, CookieList list) {
  CookieList old(soap->cookies);
  soap->cookies = list.release();
}

int CookieJar::CopyTo(struct soap* soap) const {
  std::lock_guard<std::mutex> lock(mutex_);
  SetCookies(soap, CopyCookies(list_.get()));
  return version_;
}

void CookieJar::Replace(const struct soap_cookie* list) {
  std::lock_guard<std::mutex> lock(mutex_);
  list_ = CopyCookies(list);
  version_++;
}

}  // namespace gsoaprm::binding
