# Fuzzing with libFuzzer, under AddressSanitizer and UndefinedBehaviorSanitizer, and the corpus as tests.
#   NAME_fuzz.cpp              a target: LLVMFuzzerTestOneInput
#   NAME/*.cpp                 what it needs besides
#   NAME.dict                  words for its mutations
#   corpus/NAME/               inputs that reach different branches, and those that once found something
#   make fuzz SECONDS=n        runs each target, or only TARGET=name; RECORD.md adds up (R6)
#   fuzz_replay_tests          the corpus without libFuzzer, in `make test`

SECONDS ?= 60
FUZZ_TARGETS := $(patsubst tests/fuzz/%_fuzz.cpp,%,$(wildcard tests/fuzz/*_fuzz.cpp))
FUZZERS := $(FUZZ_TARGETS:%=$(BUILD)/fuzz/%)
FUZZ_FLAGS := -std=c++17 -g -O2 -pthread -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
# All that the targets share is compiled once.
FUZZ_SOURCES := $(filter plugin/base/% plugin/wire/% plugin/engine/%,$(PLUGIN_SOURCES)) \
  plugin/gsoap/incoming.cpp plugin/gsoap/gzip.cpp tests/support/fake_disk.cpp \
  $(patsubst %,tests/scenarios/%.cpp,script parse words envelope_text)
fuzz_object = $(patsubst %.cpp,$(BUILD)/fuzz/obj/%.o,$(1))
fuzz_own_sources = tests/fuzz/$(1)_fuzz.cpp $(wildcard tests/fuzz/$(1)/*.cpp)

$(BUILD)/fuzz/obj/%.o: %.cpp
	@mkdir -p $(@D)
	clang++-14 $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link $(WARNINGS) $(DEPENDENCY_FLAGS) $(TEST_INCLUDES) -c -o $@ $<
$(BUILD)/fuzz/libfuzz.a: $(call fuzz_object,$(FUZZ_SOURCES))
	$(archive)

# gSOAP wants to know how a SOAP Header is read; the fuzzers have none.
define fuzzer
$(BUILD)/fuzz/$(1): $$(call fuzz_object,$$(call fuzz_own_sources,$(1))) $(BUILD)/fuzz/libfuzz.a \
    $(BUILD)/stubs/environment/libstubs.a
	@mkdir -p $$(@D)
	clang++-14 $$(FUZZ_FLAGS) -fsanitize=fuzzer -Wl,--as-needed -o $$@ $$(filter-out %stubs.a,$$^) $$(GSOAP) $$(filter %stubs.a,$$^) $$(LIBRARIES)
endef
$(foreach target,$(FUZZ_TARGETS),$(eval $(call fuzzer,$(target))))

build-fuzz: $(FUZZERS)
fuzz: dependencies-check  ## run each fuzzer for SECONDS=60; RECORD.md counts (R6)
	$(AGAIN) build-fuzz
	@BUILD=$(BUILD) tests/fuzz/fuzz.py --seconds $(SECONDS) $(TARGET)
.PHONY: fuzz build-fuzz

# One program with all targets: each under a name of its own.
FUZZ_REPLAY_OBJECTS := $(FUZZ_TARGETS:%=$(BUILD)/obj/tests/fuzz/%_target.o) \
  $(call test_object,$(foreach target,$(FUZZ_TARGETS),$(wildcard tests/fuzz/$(target)/*.cpp)) tests/fuzz/replay.cpp)
$(BUILD)/obj/tests/fuzz/%_target.o: tests/fuzz/%_fuzz.cpp
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) $(WARNINGS) $(DEPENDENCY_FLAGS) $(TEST_INCLUDES) -DLLVMFuzzerTestOneInput=Fuzz_$* -c -o $@ $<
$(BUILD)/obj/tests/fuzz/replay.o: override CXXFLAGS += -DFUZZ_TARGETS="$(foreach target,$(FUZZ_TARGETS),FUZZ_TARGET($(target)))"
$(BUILD)/tests/fuzz_replay_tests: $(FUZZ_REPLAY_OBJECTS) $(call test_object,$(filter tests/%,$(FUZZ_SOURCES))) \
    $(BUILD)/stubs/environment/libstubs.a $(BUILD)/lib/libgsoaprm.a
	$(call link_test,$(GSOAP) $(BUILD)/stubs/environment/libstubs.a)
TEST_PROGRAMS += $(BUILD)/tests/fuzz_replay_tests

-include $(shell find $(BUILD)/fuzz/obj -name '*.d' 2>/dev/null)
