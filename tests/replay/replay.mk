# tests/replay: the stubs of WCF's own WSDL, untouched, as wsdl2h and soapcpp2 make them, imports and all.
#   replay_tests     all of tests/replay, with the stubs of the February 2005 WSDL
#   rm11_wsdl_tests  only the test that builds a client and a service, with those of the 1.1 WSDL

# $(1): rm10 or rm11
define recorded_stubs
generated/recorded_$(1)/made: $(wildcard tests/captures/$(1)/wsdl/*.wsdl)
	@echo "generating recorded_$(1)"
	@rm -rf $$(@D) && mkdir -p $$(@D)
	@wsdl2h -o $$(@D)/interface.h $$^ >$$(@D)/log 2>&1 || { cat $$(@D)/log; exit 1; }
	@soapcpp2 -j -x -L -I$$(GSOAP_SHARE)/import -d$$(@D) $$(@D)/interface.h >>$$(@D)/log 2>&1 || \
	  { cat $$(@D)/log; exit 1; }
	@touch $$@
endef
$(foreach version,rm10 rm11,$(eval $(call recorded_stubs,$(version))))

REPLAY_SOURCES := $(wildcard tests/replay/*.cpp)
$(call test_object,$(REPLAY_SOURCES)): STUB_INCLUDES = -isystem generated/recorded_rm10
$(call test_object,$(REPLAY_SOURCES)): | generated/recorded_rm10/made
$(BUILD)/tests/replay_tests: $(call test_object,$(REPLAY_SOURCES)) $(BUILD)/stubs/recorded_rm10/libstubs.a \
    $(BUILD)/lib/libgsoaprm.a
	$(call link_test,$(GSOAP))

RM11_WSDL_SOURCES := $(addprefix tests/replay/,wsdl_test.cpp service_host.cpp http_socket.cpp capture.cpp namespaces.cpp)
RM11_WSDL_OBJECTS := $(RM11_WSDL_SOURCES:tests/replay/%.cpp=$(BUILD)/obj/tests/replay_rm11/%.o)
$(BUILD)/obj/tests/replay_rm11/%.o: tests/replay/%.cpp generated/recorded_rm11/made
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) $(WARNINGS) $(DEPENDENCY_FLAGS) $(TEST_INCLUDES) -isystem generated/recorded_rm11 -c -o $@ $<
$(BUILD)/tests/rm11_wsdl_tests: $(RM11_WSDL_OBJECTS) $(BUILD)/stubs/recorded_rm11/libstubs.a $(BUILD)/lib/libgsoaprm.a
	$(call link_test,$(GSOAP))

TEST_PROGRAMS += $(BUILD)/tests/replay_tests $(BUILD)/tests/rm11_wsdl_tests
