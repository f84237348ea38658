# Fault points (R2). A program of its own, since it replaces operator new and malloc.
#   memory_fault_tests         the n-th allocation fails, in virtual time
#   make fault-points          for every n

$(BUILD)/tests/memory_fault_tests: $(call test_object,tests/faults/allocations.cpp tests/faults/virtual_run.cpp \
    tests/faults/virtual_memory_test.cpp tests/support/pair_server.cpp) $(BUILD)/lib/libgsoaprm_core.a
	$(call link_test,)
TEST_PROGRAMS += $(BUILD)/tests/memory_fault_tests
