# gSOAP with OpenSSL.
$(BUILD)/stubs/test_tls/libstubs.a: private CXXFLAGS += $(GSOAP_SSL_FLAGS)
$(call test_object,$(wildcard tests/gsoap/tls/*.cpp)): private CXXFLAGS += $(GSOAP_SSL_FLAGS)
$(BUILD)/tests/tls_tests: private GSOAP = $(GSOAP_SSL)
