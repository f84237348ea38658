# The contract of the hostile messages.
generated/bench_lists/made: tests/bench/lists.h
	@rm -rf $(@D) && mkdir -p $(@D)
	@$(SOAPCPP2) -j -qlists -plists -d$(@D) $< >$(@D)/log 2>&1 || { cat $(@D)/log; exit 1; }
	@touch $@
$(BUILD)/obj/tests/bench/hostile.o: | generated/bench_lists/made
$(BUILD)/obj/tests/bench/hostile.o: private CXXFLAGS += -isystem generated/bench_lists
$(BUILD)/bench/hostile: $(BUILD)/stubs/bench_lists/libstubs.a

bench-hostile: dependencies-test  ## what a hostile message costs a server, in seconds of CPU per MB (P15)
	$(AGAIN) $(BUILD)/bench/hostile
	@$(BUILD)/bench/hostile
.PHONY: bench-hostile
