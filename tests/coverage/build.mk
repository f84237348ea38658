# make coverage: which branches of base, wire and engine the tests take (R4).
#
# Only the core is instrumented, in a build folder of its own; it is not optimized, so that each branch of it is one of
# the source, and without assertions: that they hold is no decision of the core.

COVERAGE_BUILD := build/coverage
COVERAGE_PROGRAMS := $(addprefix $(COVERAGE_BUILD)/tests/,unit_tests scenario_tests simulation_tests)

ifeq ($(COVERAGE),yes)
$(call object,$(CORE_SOURCES)): override CXXFLAGS += -O0 -DNDEBUG --coverage
override LIBRARIES += --coverage
endif

dependencies-coverage:
	$(call install_packages,$(TEST_PACKAGES) gcovr)
coverage: dependencies-coverage  ## branches of base, wire and engine that tests take; the last line is R4
	@$(MAKE) --no-print-directory $(JOBS) COVERAGE=yes BUILD=$(COVERAGE_BUILD) \
	  CXXFLAGS="-std=c++17 -O1 -fPIC -pthread" $(COVERAGE_PROGRAMS)
	@tests/coverage/coverage.py $(COVERAGE_BUILD) $(COVERAGE_PROGRAMS)
.PHONY: coverage dependencies-coverage
