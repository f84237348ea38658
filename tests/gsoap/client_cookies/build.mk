# gSOAP with cookies, and the service of the client's tests.
$(BUILD)/stubs/test_client_cookies/libstubs.a: private CXXFLAGS += -DWITH_COOKIES
$(call test_object,$(wildcard tests/gsoap/client_cookies/*.cpp)): private CXXFLAGS += -DWITH_COOKIES
$(BUILD)/tests/client_cookies_tests: private GSOAP = $(shell pkg-config --libs gsoapck++ 2>/dev/null || echo -lgsoapck++)
$(BUILD)/tests/client_cookies_tests: $(call test_object,tests/gsoap/client_service.cpp)
