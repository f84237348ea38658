# tests/simulation: two hosts in virtual time over a bad network.
#   simulate                 the program
#   simulation_tests         a short form of it, in `make test`
#   make simulate SEEDS=n    R1
#   make simulate-mistakes   whether it finds what tests/simulation/mistakes plants

SIMULATION_OBJECTS := $(call test_object,$(filter-out %_test.cpp %/main.cpp,$(wildcard tests/simulation/*.cpp)) \
  tests/support/pair_server.cpp tests/support/fake_disk.cpp tests/support/fake_store.cpp tests/scenarios/script.cpp tests/scenarios/words.cpp)
SIMULATE_OBJECTS := $(call test_object,tests/simulation/main.cpp) $(SIMULATION_OBJECTS) $(BUILD)/lib/libgsoaprm_core.a

$(BUILD)/tests/simulate: $(SIMULATE_OBJECTS)
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -o $@ $^ $(LIBRARIES)
$(BUILD)/tests/simulation_tests: $(sort $(call test_object,$(wildcard tests/simulation/*_test.cpp) \
    $(SCENARIO_SOURCES)) $(SIMULATION_OBJECTS)) $(BUILD)/lib/libgsoaprm_core.a
	$(call link_test,)
TEST_PROGRAMS += $(BUILD)/tests/simulation_tests

simulate: dependencies-test  ## simulate SEEDS=100000 sessions over a bad network (R1)
	$(AGAIN) $(BUILD)/tests/simulate
	@$(BUILD)/tests/simulate --seeds $(or $(SEEDS),100000)

dependencies-simulate-mistakes:
	$(call install_packages,$(TEST_PACKAGES) patch)
simulate-mistakes: dependencies-simulate-mistakes  ## does the simulation find each planted mistake?
	$(AGAIN) $(BUILD)/tests/simulate
	@BUILD=$(BUILD) SEEDS=$(SEEDS) COMPILE="$(CXX) $(CXXFLAGS)" LINK_FLAGS="$(LIBRARIES)" \
	  OBJECTS="$(SIMULATE_OBJECTS)" tests/simulation/mistakes.sh
.PHONY: simulate simulate-mistakes dependencies-simulate-mistakes
