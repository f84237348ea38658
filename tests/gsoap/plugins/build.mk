# gSOAP's plugins come as source and are compiled with the stubs of the program that uses them; wsseapi needs OpenSSL.
GSOAP_PLUGINS := plugin/wsaapi plugin/wsseapi plugin/httpda plugin/logging plugin/threads plugin/smdevp plugin/mecevp \
  plugin/wsrmapi plugin/mq custom/struct_timeval custom/duration
GSOAP_PLUGIN_OBJECTS := $(GSOAP_PLUGINS:%=$(BUILD)/obj/tests/gsoap/plugins/from_gsoap/%.o)

$(BUILD)/obj/tests/gsoap/plugins/from_gsoap/%.o: $(GSOAP_SHARE)/%.c generated/test_plugins/made
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) $(GSOAP_SSL_FLAGS) -w -x c++ -I$(GSOAP_SHARE)/plugin -I$(GSOAP_SHARE) -Igenerated/test_plugins -c -o $@ $<

# wsrmapi calls plain functions, which the stubs of classes do not have.
generated/test_plugins_functions/soapClient.cpp: tests/gsoap/plugins/plugins.h
	@rm -rf $(@D) && mkdir -p $(@D)
	@$(SOAPCPP2) -C -d$(@D) $< >$(@D)/log 2>&1 || { cat $(@D)/log; exit 1; }
$(BUILD)/obj/tests/gsoap/plugins/from_gsoap/functions.o: generated/test_plugins_functions/soapClient.cpp \
    generated/test_plugins/made
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) $(GSOAP_SSL_FLAGS) -w -Igenerated/test_plugins -c -o $@ $<

$(BUILD)/stubs/test_plugins/libstubs.a: private CXXFLAGS += $(GSOAP_SSL_FLAGS)
$(call test_object,$(wildcard tests/gsoap/plugins/*.cpp)): private CXXFLAGS += $(GSOAP_SSL_FLAGS) \
  -isystem $(GSOAP_SHARE)/plugin
$(BUILD)/tests/plugins_tests: private GSOAP = $(GSOAP_SSL)
$(BUILD)/tests/plugins_tests: $(GSOAP_PLUGIN_OBJECTS) $(BUILD)/obj/tests/gsoap/plugins/from_gsoap/functions.o
