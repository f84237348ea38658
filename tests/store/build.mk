# The store: store_tests. Its files are made in the folder for temporary ones.

STORE_TEST_SOURCES := $(wildcard tests/store/*.cpp)
$(BUILD)/tests/store_tests: $(call test_object,$(STORE_TEST_SOURCES)) $(BUILD)/lib/libgsoaprm_core.a
	$(call link_test,)
$(BUILD)/tests/store_tests: | $(BUILD)/bin/gsoaprm-store

TEST_PROGRAMS += $(BUILD)/tests/store_tests
