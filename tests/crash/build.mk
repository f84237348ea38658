# Programs that are killed, and started again (tests/crash/crash.py).

CRASH_PROGRAMS := $(patsubst %,$(BUILD)/tests/crash/%,crash_calculator_server crash_notes_client crash_calls_client)

# $(1): the program, $(2): its source, $(3): the contract
define crash_program
$(BUILD)/obj/tests/crash/$(2).o: tests/crash/$(2).cpp generated/$(3)/made
	@mkdir -p $$(@D)
	$$(CXX) $$(CXXFLAGS) $$(WARNINGS) $$(DEPENDENCY_FLAGS) -DWITH_RM -Isamples -Iplugin/include -isystem generated/$(3) \
	  -c -o $$@ $$<
$(BUILD)/tests/crash/$(1): $(BUILD)/obj/tests/crash/$(2).o $(COMMON_SOURCES:samples/%.cpp=$(BUILD)/obj/samples_rm/%.o) \
    $(BUILD)/stubs/$(3)/libstubs.a $(BUILD)/lib/libgsoaprm.a
	@mkdir -p $$(@D)
	$$(CXX) $$(CXXFLAGS) -o $$@ $$^ $(GSOAP) $(LIBRARIES)
endef
$(eval $(call crash_program,crash_calculator_server,calculator_server,calculator))
$(eval $(call crash_program,crash_notes_client,notes_client,notes))
$(eval $(call crash_program,crash_calls_client,calls_client,calculator))

build-tests: $(CRASH_PROGRAMS)
build-crash: $(CRASH_PROGRAMS) $(BUILD)/samples/durable_server $(BUILD)/samples/notes_server $(BUILD)/tests/fault_proxy

# The same once more with the fail points in it.
FAIL_POINT_BUILD := $(BUILD)/fail_points
FAIL_POINT_FLAGS := -DGSOAPRM_FAIL_POINTS

KILLS ?= 500
test-crash: dependencies-test  ## kill -9 of durable clients and servers: at random (KILLS=n), at each fail point, in each mode
	$(AGAIN) build-crash
	$(AGAIN) BUILD=$(FAIL_POINT_BUILD) EXTRA_FLAGS="$(FAIL_POINT_FLAGS)" build-crash
	@python3 tests/crash/crash.py modes --build $(BUILD)
	@python3 tests/crash/crash.py points --build $(FAIL_POINT_BUILD)
	@python3 tests/crash/crash.py random --build $(BUILD) --kills $(KILLS) --seed $(or $(SEED),1)

.PHONY: build-crash test-crash
