# Fault points (R2). Programs of their own, since they replace operator new and malloc.
#   memory_fault_tests         the n-th allocation fails, for every n: engine and session layer in virtual time
#   gsoap_memory_fault_tests   the same with gSOAP over loopback, each run in a process of its own; some n
#   make fault-points          every n, every byte of request and response, every operation of the disk

$(BUILD)/tests/memory_fault_tests: $(call test_object,tests/faults/allocations.cpp tests/faults/virtual_run.cpp \
    tests/faults/virtual_memory_test.cpp tests/support/pair_server.cpp) $(BUILD)/lib/libgsoaprm_core.a
	$(call link_test,)

# The plugin as a library of its own, so that its functions are known on a stack; gSOAP within the program, so that its
# calls of malloc can be made to fail.
GSOAP_FAULT_OBJECTS := $(call test_object,$(addprefix tests/faults/,allocations.cpp malloc.cpp gsoap_run.cpp \
  gsoap_memory_test.cpp))
$(GSOAP_FAULT_OBJECTS): STUB_INCLUDES = $(TEST_STUBS:%=-isystem generated/%)
$(GSOAP_FAULT_OBJECTS): | $(TEST_STUBS:%=generated/%/made)
$(BUILD)/tests/gsoap_memory_fault_tests: $(GSOAP_FAULT_OBJECTS) $(TEST_STUB_ARCHIVES) $(BUILD)/lib/libgsoaprm.so
	@mkdir -p $(@D)
	@ln -sf libgsoaprm.so $(BUILD)/lib/$(SONAME)
	$(CXX) $(CXXFLAGS) -rdynamic -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc -Wl,-rpath,'$$ORIGIN/../lib' -o $@ \
	  $(filter %.o,$^) -Wl,-Bstatic $(GSOAP) -Wl,-Bdynamic $(filter %.a,$^) $(filter %.so,$^) $(GTEST) $(LIBRARIES)

TEST_PROGRAMS += $(BUILD)/tests/memory_fault_tests $(BUILD)/tests/gsoap_memory_fault_tests

fault-points: dependencies-test  ## every allocation, byte and operation of the disk fails once (R2)
	$(AGAIN) $(addprefix $(BUILD)/tests/,memory_fault_tests gsoap_memory_fault_tests gsoap_tests store_tests)
	@tests/faults/fault_points.sh $(BUILD)/tests
.PHONY: fault-points
