# Scenario scripts: scenario_tests runs them all, run_scenario one of them (or a trace). Run from the top folder.

SCENARIO_SOURCES := $(filter-out %_test.cpp %/run_scenario.cpp,$(wildcard tests/scenarios/*.cpp))
SCENARIO_TEST_SOURCES := $(wildcard tests/scenarios/*_test.cpp) $(SCENARIO_SOURCES)

$(BUILD)/tests/scenario_tests: $(call test_object,$(SCENARIO_TEST_SOURCES) tests/support/fake_disk.cpp) \
    $(BUILD)/lib/libgsoaprm_core.a
	$(call link_test,)
$(BUILD)/tests/run_scenario: $(call test_object,$(SCENARIO_SOURCES) tests/scenarios/run_scenario.cpp \
    tests/support/fake_disk.cpp) \
    $(BUILD)/lib/libgsoaprm_core.a
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -o $@ $^ $(LIBRARIES)

TEST_PROGRAMS += $(BUILD)/tests/scenario_tests
build-tests: $(BUILD)/tests/run_scenario

# Traces of real runs, played again.
TRACE_TEST_SOURCES := $(wildcard tests/scenarios/trace/*.cpp)
$(call test_object,$(TRACE_TEST_SOURCES)): STUB_INCLUDES = $(TEST_STUBS:%=-isystem generated/%)
$(call test_object,$(TRACE_TEST_SOURCES)): | $(TEST_STUBS:%=generated/%/made)
$(BUILD)/tests/trace_tests: $(call test_object,$(TRACE_TEST_SOURCES) $(SCENARIO_SOURCES)) \
    $(BUILD)/lib/libtest_support.a $(TEST_STUB_ARCHIVES) $(BUILD)/lib/libgsoaprm.a
	$(call link_test,$(GSOAP))
TEST_PROGRAMS += $(BUILD)/tests/trace_tests
