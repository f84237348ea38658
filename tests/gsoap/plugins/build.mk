# gSOAP's plugins come as source and are compiled with the stubs of the program that uses them; wsseapi needs OpenSSL.
GSOAP_PLUGINS := plugin/wsaapi plugin/wsseapi plugin/httpda plugin/logging plugin/threads plugin/smdevp plugin/mecevp \
  custom/struct_timeval
GSOAP_PLUGIN_OBJECTS := $(GSOAP_PLUGINS:%=$(BUILD)/obj/tests/gsoap/plugins/from_gsoap/%.o)

$(BUILD)/obj/tests/gsoap/plugins/from_gsoap/%.o: $(GSOAP_SHARE)/%.c generated/test_plugins/made
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) $(GSOAP_SSL_FLAGS) -w -x c++ -I$(GSOAP_SHARE)/plugin -I$(GSOAP_SHARE) -Igenerated/test_plugins -c -o $@ $<

$(BUILD)/stubs/test_plugins/libstubs.a: private CXXFLAGS += $(GSOAP_SSL_FLAGS)
$(call test_object,$(wildcard tests/gsoap/plugins/*.cpp)): private CXXFLAGS += $(GSOAP_SSL_FLAGS) \
  -isystem $(GSOAP_SHARE)/plugin
$(BUILD)/tests/plugins_tests: private GSOAP = $(GSOAP_SSL)
$(BUILD)/tests/plugins_tests: $(GSOAP_PLUGIN_OBJECTS)
