# tests/simulation: two hosts in virtual time over a bad network.
#   simulate           the program; `make simulate SEEDS=n`
#   simulation_tests   a short form of it

SIMULATION_SOURCES := $(filter-out %_test.cpp %main.cpp,$(wildcard tests/simulation/*.cpp)) tests/support/pair_server.cpp
$(BUILD)/tests/simulate: $(call test_object,$(SIMULATION_SOURCES) tests/simulation/main.cpp) \
    $(BUILD)/lib/libgsoaprm_core.a
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -o $@ $^ $(LIBRARIES)
