# make mutants: which mistakes in the engine the tests notice (R5).
#
# The engine is a shared library here, and so are the tests with all else: for a mutant one file is compiled and a small
# library linked. Inline functions stay functions: the tests then take them from the mutant, too.

MUTANTS_BUILD := build/mutants
MUTANT_FLAGS := -std=c++17 -O1 -fPIC -pthread
ENGINE_OBJECTS := $(call object,$(filter plugin/engine/%,$(CORE_SOURCES)))
KILLER_TESTS := $(sort $(wildcard tests/scenarios/*_test.cpp)) $(filter tests/unit/engine/%,$(UNIT_SOURCES)) \
  $(filter tests/unit/session/% tests/pair/%,$(UNIT_SOURCES)) $(wildcard tests/simulation/*_test.cpp)
KILLER_OBJECTS := $(call test_object,$(KILLER_TESTS) $(SCENARIO_SOURCES) $(SUPPORT_SOURCES) \
  $(filter-out %_test.cpp %/main.cpp,$(wildcard tests/simulation/*.cpp))) \
  $(call object,$(filter-out plugin/engine/%,$(CORE_SOURCES)))

ifeq ($(MUTANTS),yes)
$(ENGINE_OBJECTS): override CXXFLAGS += -fno-inline

$(BUILD)/tests/libengine.so: $(ENGINE_OBJECTS)
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -shared -o $@ $^
$(BUILD)/tests/libtests.so: $(KILLER_OBJECTS)
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -shared -o $@ $^ $(GMOCK) -lgtest $(LIBRARIES)
$(BUILD)/tests/killer: $(BUILD)/tests/libengine.so $(BUILD)/tests/libtests.so
	$(CXX) $(CXXFLAGS) -o $@ -Wl,--no-as-needed -L$(@D) -lengine -ltests -lgtest_main
endif

mutants: dependencies-test  ## plant N=300 mistakes in the engine, drawn by SEED=1, and count those noticed (R5)
	@$(MAKE) --no-print-directory $(JOBS) MUTANTS=yes BUILD=$(MUTANTS_BUILD) CXXFLAGS="$(MUTANT_FLAGS)" \
	  $(MUTANTS_BUILD)/tests/killer
	@tests/mutants/mutants.py --build $(MUTANTS_BUILD) --number $(or $(N),300) --seed $(or $(SEED),1) \
	  --only "$(ONLY)" --compile "$(CXX) $(MUTANT_FLAGS) -fno-inline" \
	  $(ENGINE_OBJECTS:$(BUILD)/%=$(MUTANTS_BUILD)/%)
.PHONY: mutants
