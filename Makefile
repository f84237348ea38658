# gsoaprm: builds the library, the samples and their stubs, the tests and the checks. `make help` lists the targets.
#
# Targets for people (all, test, demo, check, ...) first see that the machine has what they need, then run make again for
# the work itself: only then can pkg-config and wsdl2h be asked.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
SHELL := /bin/bash

VERSION := 0.1.0
# What programs record in themselves: rises when programs must be linked again.
SONAME := libgsoaprm.so.0
PREFIX ?= /usr/local
DESTDIR ?=

# ---- what is built where -------------------------------------------------------------------------------------------
# SANITIZE=address,undefined or SANITIZE=thread builds everything once more, apart.

SANITIZE ?=
ifneq ($(findstring thread,$(SANITIZE)),)
  BUILD ?= build/tsan
else ifneq ($(SANITIZE),)
  BUILD ?= build/asan
else
  BUILD ?= build
endif
SANITIZE_FLAGS := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer -g)

CC ?= gcc
CXX ?= g++
OPTIMIZE ?= $(if $(SANITIZE),-O1,-O2)
WARNINGS := -Wall -Wextra -Werror -Wshadow
# GCC 12 takes std::regex for uninitialized where it is instrumented.
WARNINGS += $(if $(SANITIZE),-Wno-maybe-uninitialized)
EXTRA_FLAGS ?=
CXXFLAGS := -std=c++17 $(OPTIMIZE) -g -fPIC -pthread $(SANITIZE_FLAGS) $(EXTRA_FLAGS)
CFLAGS := -std=gnu11 $(OPTIMIZE) -g -pthread $(SANITIZE_FLAGS)
PLUGIN_INCLUDES := -Iplugin -Iplugin/include
LIBRARIES := -lsqlite3 -lssl -lcrypto -lz -pthread
GSOAP := $(shell pkg-config --libs gsoap++ 2>/dev/null || echo -lgsoap++)
GSOAP_C := $(shell pkg-config --libs gsoap 2>/dev/null || echo -lgsoap)
GSOAP_SSL := $(shell pkg-config --libs gsoapssl++ 2>/dev/null || echo -lgsoapssl++)
GSOAP_SSL_FLAGS := $(shell pkg-config --cflags gsoapssl++ 2>/dev/null)
GSOAP_SHARE ?= /usr/share/gsoap
DEPENDENCY_FLAGS = -MMD -MP

# One compiler for each processor, unless the caller has said otherwise.
JOBS = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
AGAIN = @$(MAKE) --no-print-directory $(JOBS)

# ---- targets for people --------------------------------------------------------------------------------------------

all: dependencies  ## build the library, its tool, the stubs and the samples
	$(AGAIN) build-library build-tools build-samples

test: dependencies-test  ## build and run all tests; the last line is "N passed, N failed"
	$(AGAIN) build-samples build-tests
	@$(RUN_TESTS)

test-unit: dependencies-test  ## only the tests that need no gSOAP
	$(AGAIN) $(BUILD)/tests/unit_tests
	@BUILD=$(BUILD) tests/run.sh $(BUILD)/tests/unit_tests

demo: dependencies  ## 1,000 calls and 1,000 notes through a lossy intermediary
	$(AGAIN) build-samples $(BUILD)/tests/fault_proxy $(BUILD)/samples/demo
	@$(BUILD)/samples/demo --programs $(BUILD)/samples --proxy $(BUILD)/tests/fault_proxy

bench: dependencies-test  ## measure; each figure on a line of its own
	$(AGAIN) build-samples build-bench
	@if [ -x tests/bench/run.sh ]; then BUILD=$(BUILD) tests/bench/run.sh; else echo "tests/bench/run.sh is missing"; exit 1; fi

check: dependencies-check  ## all that a change must pass
	@$(MAKE) --no-print-directory format-check deps-check sizes
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory tidy
	@$(MAKE) --no-print-directory asan
	@$(MAKE) --no-print-directory tsan

asan ubsan:  ## the tests under AddressSanitizer and UndefinedBehaviorSanitizer (one run)
	@$(MAKE) --no-print-directory SANITIZE=address,undefined test

tsan:  ## the tests under ThreadSanitizer
	@$(MAKE) --no-print-directory SANITIZE=thread test

clean:  ## remove all that was built
	rm -rf build generated

help:  ## this list
	@grep -hE '^[a-z][a-z -]*:.*## ' $(firstword $(MAKEFILE_LIST)) $(wildcard tests/*/build.mk) | sed -E 's/^([a-z -]+):.*## /\1\t/' | expand -t 20
	@echo "variables: PREFIX= DESTDIR= (install), SANITIZE=address,undefined or thread, BUILD=, SECONDS= (fuzz)"

.PHONY: all test test-unit demo bench check asan ubsan tsan clean help

# ---- what the machine needs ----------------------------------------------------------------------------------------

PACKAGES := g++ pkg-config gsoap libgsoap-dev libssl-dev zlib1g-dev libsqlite3-dev
TEST_PACKAGES := $(PACKAGES) libgtest-dev libgmock-dev openssl python3 strace
CHECK_PACKAGES := $(TEST_PACKAGES) clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev

# Installs what is missing of the packages $(1); where there is no dpkg the programs must be there already.
define install_packages
@if command -v dpkg-query >/dev/null; then \
  missing=""; \
  for package in $(1); do \
    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
  done; \
  if [ -n "$$missing" ]; then \
    echo "installing:$$missing"; \
    if [ "$$(id -u)" = 0 ]; then sudo=""; else sudo="sudo"; fi; \
    export DEBIAN_FRONTEND=noninteractive; \
    $$sudo apt-get -qq update && \
    $$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $$missing >/dev/null || \
      { echo "could not install:$$missing"; exit 1; }; \
  fi; \
else \
  command -v wsdl2h >/dev/null || { echo "this machine has no dpkg: install gSOAP, OpenSSL and zlib by hand"; exit 1; }; \
fi
endef

dependencies:
	$(call install_packages,$(PACKAGES))
dependencies-test:
	$(call install_packages,$(TEST_PACKAGES))
dependencies-check:
	$(call install_packages,$(CHECK_PACKAGES))
.PHONY: dependencies dependencies-test dependencies-check

# ---- the library ---------------------------------------------------------------------------------------------------
# One library for gsoap, gsoap++ and gsoapssl++, C and C++: it takes gSOAP's symbols from the program. The core is the same
# without plugin/gsoap, for the tests that need no gSOAP.

TOOL_SOURCES := $(wildcard plugin/store/tool/*.cpp)
PLUGIN_SOURCES := $(filter-out $(TOOL_SOURCES),$(wildcard plugin/*/*.cpp plugin/*/*/*.cpp))
CORE_SOURCES := $(filter-out plugin/gsoap/%,$(PLUGIN_SOURCES)) plugin/gsoap/gzip.cpp
object = $(patsubst %.cpp,$(BUILD)/obj/%.o,$(1))

build-library: $(BUILD)/lib/libgsoaprm.a $(BUILD)/lib/libgsoaprm.so
.PHONY: build-library

$(BUILD)/obj/plugin/%.o: plugin/%.cpp
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) $(WARNINGS) $(DEPENDENCY_FLAGS) $(PLUGIN_INCLUDES) -c -o $@ $<

define archive
@mkdir -p $(@D)
@rm -f $@
ar rcs $@ $(filter %.o,$^)
endef

$(BUILD)/lib/libgsoaprm.a: $(call object,$(PLUGIN_SOURCES))
	$(archive)
$(BUILD)/lib/libgsoaprm_core.a: $(call object,$(CORE_SOURCES))
	$(archive)
$(BUILD)/lib/libgsoaprm.so: $(call object,$(PLUGIN_SOURCES))
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,--as-needed -o $@ $^ $(LIBRARIES)

# The program that looks into the file of a store: of the library it takes the store alone.
$(BUILD)/bin/gsoaprm-store: $(call object,$(TOOL_SOURCES)) $(BUILD)/lib/libgsoaprm_core.a
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -o $@ $^ $(LIBRARIES)
build-tools: $(BUILD)/bin/gsoaprm-store
.PHONY: build-tools

# ---- stubs ---------------------------------------------------------------------------------------------------------
# wsdl2h makes an interface header of a contract, soapcpp2 makes the stubs of that. Into generated/, never committed:
#   NAME             C++ proxy and service classes           NAME_functions   plain functions
#   NAME_c           plain functions in C                    NAME_namespace   the classes within a C++ namespace of that
#                                                            name, so that one test program can hold several contracts
# wsdl2h turns the policy's addressing into #import "wsa5.h", and the 2005 reliable-messaging assertion into
# #import "wsrm5.h" besides. The plugin needs neither. wsrm5.h adds operations to the service, and a server of plain
# functions then fails to link for want of ten of them; so the samples' headers go without. Classes work with the imports
# too, which is what users have: generated/ of the tests (below) keeps them.

CONTRACTS := calculator calculator_session notes
WITHOUT_IMPORTS := sed -i -e '/^\#import "wsa5.h"/d' -e '/^\#import "wsrm5.h"/d' -e '/^\#import "wsrm.h"/d'
WSDL2H := wsdl2h -t wsdl/typemap.dat -O4 -P
SOAPCPP2 := soapcpp2 -x -w -L -I$(GSOAP_SHARE)/import

# $(1): the folder in generated/, $(2): the WSDL, $(3): further options of wsdl2h, $(4): of soapcpp2, $(5): then, to the header
define stubs
generated/$(1)/made: $(2) wsdl/typemap.dat
	@echo "generating $(1)"
	@rm -rf generated/$(1) && mkdir -p generated/$(1)
	@$$(WSDL2H) $(3) -o generated/$(1)/interface.h $(2) >generated/$(1)/log 2>&1 || { cat generated/$(1)/log; exit 1; }
	@$(5) generated/$(1)/interface.h
	@$$(SOAPCPP2) $(4) -dgenerated/$(1) generated/$(1)/interface.h >>generated/$(1)/log 2>&1 || \
	  { cat generated/$(1)/log; exit 1; }
	@touch $$@
endef
$(foreach name,$(CONTRACTS),$(eval $(call stubs,$(name),wsdl/$(name).wsdl,,-j,$(WITHOUT_IMPORTS))))
$(foreach name,$(CONTRACTS),$(eval $(call stubs,$(name)_functions,wsdl/$(name).wsdl,,,$(WITHOUT_IMPORTS))))
$(foreach name,$(CONTRACTS),$(eval $(call stubs,$(name)_c,wsdl/$(name).wsdl,-c,-c,$(WITHOUT_IMPORTS))))
$(foreach name,$(CONTRACTS),$(eval $(call \
  stubs,$(name)_namespace,wsdl/$(name).wsdl,,-j -q$(name) -p$(name),$(WITHOUT_IMPORTS))))
STUB_FOLDERS := $(foreach kind,_functions _c _namespace,$(addsuffix $(kind),$(CONTRACTS))) $(CONTRACTS)

# SOAP's own header and fault, which the classes within namespaces leave to the program.
generated/environment/made:
	@rm -rf $(@D) && mkdir -p $(@D)
	@echo '//gsoap SOAP-ENV schema namespace: http://www.w3.org/2003/05/soap-envelope' >$(@D)/interface.h
	@$(SOAPCPP2) -penv -d$(@D) $(@D)/interface.h >$(@D)/log 2>&1 || { cat $(@D)/log; exit 1; }
	@touch $@

# The stubs of a folder as an archive: a client takes the proxy out of it, a server the service. Generated code is
# compiled without our warnings.
define compile_stubs
@echo "compiling stubs of $(<D)"
@rm -rf $(@D) && mkdir -p $(@D)
@for source in $(<D)/*.cpp $(<D)/*.c; do \
  case $$source in \
    *'*'*|*ClientLib.c*|*ServerLib.c*) ;; \
    *.cpp) $(CXX) $(CXXFLAGS) $(1) -w -I$(<D) -c -o $(@D)/$$(basename $$source .cpp).o $$source || exit 1 ;; \
    *.c) $(CC) $(CFLAGS) $(1) -w -I$(<D) -c -o $(@D)/$$(basename $$source .c).o $$source || exit 1 ;; \
  esac; \
done
@ar rcs $@ $(@D)/*.o
endef
$(BUILD)/stubs/%/libstubs.a: generated/%/made
	$(call compile_stubs,)
$(BUILD)/stubs_ssl/%/libstubs.a: generated/%/made
	$(call compile_stubs,$(GSOAP_SSL_FLAGS))

# ---- samples -------------------------------------------------------------------------------------------------------
# Each program three times of the same source: with the plugin, with the plugin and OpenSSL (NAME_ssl), and as it was
# before the plugin (plain/NAME).

COMMON_SOURCES := $(wildcard samples/common/*.cpp)
rm_FLAGS := -DWITH_RM
plain_FLAGS :=
ssl_FLAGS := -DWITH_RM $(GSOAP_SSL_FLAGS)

# $(1): the program, $(2): its source without .cpp, $(3): the folder of its stubs, $(4): rm, plain or ssl, $(5): stubs or
# stubs_ssl, $(6): libraries, $(7): what is linked besides
define sample
$(BUILD)/obj/samples_$(4)/$(2).o: samples/$(2).cpp generated/$(3)/made
	@mkdir -p $$(@D)
	$$(CXX) $$(CXXFLAGS) $$(WARNINGS) $$(DEPENDENCY_FLAGS) $$($(4)_FLAGS) -Isamples -Iplugin/include \
	  -isystem generated/$(3) -c -o $$@ $$<
$(BUILD)/samples/$(1): $(BUILD)/obj/samples_$(4)/$(2).o $(COMMON_SOURCES:samples/%.cpp=$(BUILD)/obj/samples_$(4)/%.o) \
    $(BUILD)/$(5)/$(3)/libstubs.a $(7)
	@mkdir -p $$(@D)
	$$(CXX) $$(CXXFLAGS) -o $$@ $$^ $(6)
endef
define sample_variants
$(call sample,$(1),$(2),$(3),rm,stubs,$(GSOAP) $(LIBRARIES),$(BUILD)/lib/libgsoaprm.a)
$(call sample,plain/$(1),$(2),$(3),plain,stubs,$(GSOAP) -pthread)
$(call sample,$(1)_ssl,$(2),$(3),ssl,stubs_ssl,$(GSOAP_SSL) $(LIBRARIES),$(BUILD)/lib/libgsoaprm.a)
SAMPLES += $(BUILD)/samples/$(1) $(BUILD)/samples/$(1)_ssl
PLAIN_SAMPLES += $(BUILD)/samples/plain/$(1)
endef
$(foreach name,$(CONTRACTS),$(foreach role,client server,$(if $(wildcard samples/$(name)/$(role).cpp),$(eval $(call \
  sample_variants,$(name)_$(role),$(name)/$(role),$(name))))))
$(foreach role,client server,$(if $(wildcard samples/calculator/functions_$(role).cpp),$(eval $(call \
  sample_variants,calculator_functions_$(role),calculator/functions_$(role),calculator_functions))))

# Needs the plugin: what it writes belongs to the plugin's transaction.
$(eval $(call sample,durable_server,durable/server,notes,rm,stubs,$(GSOAP) $(LIBRARIES),$(BUILD)/lib/libgsoaprm.a))
SAMPLES += $(BUILD)/samples/durable_server

# Flags instead of a pattern rule for each variant: the common sources need no stubs.
define common_rule
$(BUILD)/obj/samples_$(1)/common/%.o: samples/common/%.cpp
	@mkdir -p $$(@D)
	$$(CXX) $$(CXXFLAGS) $$(WARNINGS) $$(DEPENDENCY_FLAGS) $$($(1)_FLAGS) -Isamples -Iplugin/include -c -o $$@ $$<
endef
$(foreach variant,rm plain ssl,$(eval $(call common_rule,$(variant))))

# A client in C. The plugin is C++ inside, so the C++ library is linked; the program needs nothing of it.
ifneq ($(wildcard samples/calculator/client.c),)
SAMPLES += $(BUILD)/samples/calculator_c_client
$(BUILD)/obj/samples_rm/calculator/client_c.o: samples/calculator/client.c generated/calculator_c/made
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(WARNINGS) $(DEPENDENCY_FLAGS) -DWITH_RM -Iplugin/include -isystem generated/calculator_c -c -o $@ $<
$(BUILD)/samples/calculator_c_client: $(BUILD)/obj/samples_rm/calculator/client_c.o \
    $(BUILD)/stubs/calculator_c/libstubs.a $(BUILD)/lib/libgsoaprm.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^ $(GSOAP_C) $(LIBRARIES) -lstdc++
endif

build-samples: $(SAMPLES) $(PLAIN_SAMPLES)
build-plain-samples: $(PLAIN_SAMPLES)
.PHONY: build-samples build-plain-samples

$(BUILD)/obj/samples_rm/demo/%.o: samples/demo/%.cpp
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) $(WARNINGS) $(DEPENDENCY_FLAGS) -Isamples -c -o $@ $<
$(BUILD)/samples/demo: $(patsubst samples/%.cpp,$(BUILD)/obj/samples_rm/%.o,$(wildcard samples/demo/*.cpp))
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -o $@ $^

# ---- tests ---------------------------------------------------------------------------------------------------------
#   tests/unit/**, tests/pair     unit_tests: no gSOAP
#   tests/proxy                   proxy_tests, and the program fault_proxy
#   tests/gsoap/*                 gsoap_tests: library, gSOAP, the stubs of all contracts within namespaces
#   tests/replay/*                replay_tests: WCF's recorded traffic (tests/replay/replay.mk)
#   tests/gsoap/NAME/*            NAME_tests: a program of its own, with the stubs of NAME.wsdl or NAME.h of that folder
#   tests/**/NAME_test.sh         a script: exit status 0 passed, 77 skipped (it says why), else failed
# tests/support is in all of them, tests/gsoap/support in those with gSOAP; a program of its own takes of them what it
# uses, as from a library.

find_sources = $(shell find $(1) -name '*.cpp' 2>/dev/null | sort)
test_object = $(patsubst %.cpp,$(BUILD)/obj/%.o,$(1))
SUPPORT_SOURCES := $(wildcard tests/support/*.cpp)
GSOAP_SUPPORT_SOURCES := $(SUPPORT_SOURCES) $(wildcard tests/gsoap/support/*.cpp)
PROXY_SOURCES := $(filter-out %_test.cpp %main.cpp,$(wildcard tests/proxy/*.cpp))
UNIT_SOURCES := $(call find_sources,tests/unit tests/pair) $(SUPPORT_SOURCES)
PROXY_TEST_SOURCES := $(wildcard tests/proxy/*_test.cpp) $(PROXY_SOURCES)
GSOAP_TEST_SOURCES := $(wildcard tests/gsoap/*.cpp) $(GSOAP_SUPPORT_SOURCES) $(PROXY_SOURCES)
TEST_INCLUDES := -I. -Itests $(PLUGIN_INCLUDES)
TEST_STUBS := $(addsuffix _namespace,$(CONTRACTS)) environment
TEST_STUB_ARCHIVES := $(TEST_STUBS:%=$(BUILD)/stubs/%/libstubs.a)
GTEST := -lgtest -lgtest_main
GMOCK := $(if $(wildcard /usr/lib/*/libgmock.a),-lgmock)

$(BUILD)/obj/tests/%.o: tests/%.cpp
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) $(WARNINGS) $(DEPENDENCY_FLAGS) $(TEST_INCLUDES) $(STUB_INCLUDES) -c -o $@ $<

# All files that include the stubs wait for them.
$(call test_object,$(GSOAP_TEST_SOURCES)): STUB_INCLUDES = $(TEST_STUBS:%=-isystem generated/%)
$(call test_object,$(filter tests/gsoap/%,$(GSOAP_TEST_SOURCES))): | $(TEST_STUBS:%=generated/%/made)

define link_test
@mkdir -p $(@D)
$(CXX) $(CXXFLAGS) -o $@ $^ $(GTEST) $(GMOCK) $(1) $(LIBRARIES)
endef
$(BUILD)/tests/unit_tests: $(call test_object,$(UNIT_SOURCES)) $(BUILD)/lib/libgsoaprm_core.a
	$(call link_test,)
$(BUILD)/tests/proxy_tests: $(call test_object,$(PROXY_TEST_SOURCES))
	$(call link_test,)
$(BUILD)/tests/gsoap_tests: $(call test_object,$(GSOAP_TEST_SOURCES)) $(TEST_STUB_ARCHIVES) $(BUILD)/lib/libgsoaprm.a
	$(call link_test,$(GSOAP))
$(BUILD)/tests/fault_proxy: $(call test_object,$(PROXY_SOURCES) tests/proxy/main.cpp)
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -o $@ $^

$(BUILD)/lib/libtest_support.a: $(call test_object,$(GSOAP_SUPPORT_SOURCES) $(PROXY_SOURCES))
	$(archive)

OWN_TESTS := $(filter-out support,$(notdir $(patsubst %/,%,$(sort $(dir $(wildcard tests/gsoap/*/*_test.cpp))))))
# $(1): the folder in tests/gsoap, $(2): "" or the folder of its stubs
define own_test
$(call test_object,$(wildcard tests/gsoap/$(1)/*.cpp)): STUB_INCLUDES = $(if $(2),-isystem generated/$(2))
$(call test_object,$(wildcard tests/gsoap/$(1)/*.cpp)): | $(if $(2),generated/$(2)/made)
$(BUILD)/tests/$(1)_tests: $(call test_object,$(wildcard tests/gsoap/$(1)/*.cpp)) $(BUILD)/lib/libtest_support.a \
    $(if $(2),$(BUILD)/stubs/$(2)/libstubs.a) $(BUILD)/lib/libgsoaprm.a
	$$(call link_test,$$(GSOAP))
endef
define own_test_stubs
$(if $(wildcard tests/gsoap/$(1)/$(1).wsdl),$(call stubs,test_$(1),tests/gsoap/$(1)/$(1).wsdl,,-j,true))
$(if $(wildcard tests/gsoap/$(1)/$(1).h),generated/test_$(1)/made: tests/gsoap/$(1)/$(1).h
	@rm -rf generated/test_$(1) && mkdir -p generated/test_$(1)
	@$$(SOAPCPP2) -j -dgenerated/test_$(1) $$< >generated/test_$(1)/log 2>&1 || { cat generated/test_$(1)/log; exit 1; }
	@touch $$@
)
endef
$(foreach name,$(OWN_TESTS),$(eval $(call own_test_stubs,$(name))))
$(foreach name,$(OWN_TESTS),$(eval $(call own_test,$(name),$(if $(wildcard \
  tests/gsoap/$(name)/$(name).wsdl tests/gsoap/$(name)/$(name).h),test_$(name)))))

# What a program of its own needs besides: gSOAP with OpenSSL, sources of gSOAP's plugins.
-include $(wildcard tests/gsoap/*/build.mk)

TEST_PROGRAMS := $(if $(UNIT_SOURCES),$(BUILD)/tests/unit_tests) \
  $(if $(wildcard tests/proxy/*_test.cpp),$(BUILD)/tests/proxy_tests) \
  $(if $(wildcard tests/gsoap/*_test.cpp),$(BUILD)/tests/gsoap_tests) \
  $(OWN_TESTS:%=$(BUILD)/tests/%_tests)
-include tests/replay/replay.mk
-include tests/scenarios/build.mk
-include tests/simulation/build.mk
-include tests/store/build.mk
-include tests/fuzz/build.mk
-include tests/faults/build.mk
TEST_SCRIPTS := $(shell find tests -name '*_test.sh' 2>/dev/null | sort)
RUN_TESTS = BUILD=$(BUILD) SANITIZE=$(SANITIZE) tests/run.sh $(TEST_PROGRAMS) $(TEST_SCRIPTS)

build-tests: $(TEST_PROGRAMS) $(BUILD)/tests/fault_proxy $(BUILD)/samples/demo $(BUILD)/lib/libgsoaprm.so
.PHONY: build-tests

-include tests/coverage/build.mk
-include tests/mutants/build.mk
-include tests/model/build.mk
-include tests/attack/build.mk
-include tests/crash/build.mk

# Benchmarks: tests/bench/NAME.cpp is the program NAME, with the stubs of all contracts; further needs in tests/bench/build.mk.
BENCH_PROGRAMS := $(patsubst tests/bench/%.cpp,$(BUILD)/bench/%,$(wildcard tests/bench/*.cpp))
-include tests/bench/build.mk
$(patsubst %,$(BUILD)/obj/tests/bench/%.o,$(notdir $(BENCH_PROGRAMS))): STUB_INCLUDES = $(TEST_STUBS:%=-isystem generated/%)
$(patsubst %,$(BUILD)/obj/tests/bench/%.o,$(notdir $(BENCH_PROGRAMS))): | $(TEST_STUBS:%=generated/%/made)
$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(TEST_STUB_ARCHIVES) $(BUILD)/lib/libgsoaprm.a
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -o $@ $^ $(GSOAP) $(LIBRARIES)
build-bench: $(BENCH_PROGRAMS)
.PHONY: build-bench

# ---- checks --------------------------------------------------------------------------------------------------------

# The public header is the manual, and set as such; everything else is formatted by the tool.
FORMATTED := $(filter-out plugin/include/soap_rm.h,$(shell find plugin samples tests \
  \( -name '*.cpp' -o -name '*.h' -o -name '*.hpp' -o -name '*.c' \) -not -path '*/samples/wcf/*' 2>/dev/null | sort))

format: dependencies-check  ## format the sources
	@clang-format-14 -i $(FORMATTED)

format-check: dependencies-check  ## are the sources formatted?
	@clang-format-14 --dry-run -Werror $(FORMATTED) && echo "format: $(words $(FORMATTED)) files are as they should be"

# clang-tidy reads the same flags as the compiler; one processor each.
tidy: dependencies-check  ## clang-tidy on the plugin
	@printf '%s\n' $(PLUGIN_SOURCES) $(TOOL_SOURCES) | xargs -P $$(nproc) -n 2 sh -c \
	  'clang-tidy-14 --quiet --warnings-as-errors="*" "$$@" -- -std=c++17 $(PLUGIN_INCLUDES) 2>/dev/null' tidy && \
	  echo "tidy: $(words $(PLUGIN_SOURCES) $(TOOL_SOURCES)) files without a finding"
.PHONY: format format-check tidy

deps-check: dependencies-test  ## do the includes keep to the directions of the architecture?
	@tests/checks/deps_check.py --self-test
	@tests/checks/deps_check.py
sizes: dependencies-test  ## are files and functions small?
	@tests/checks/sizes.py
.PHONY: deps-check sizes

# ---- installing ----------------------------------------------------------------------------------------------------
# The dynamic linker finds a new library of a system folder when ldconfig has run, which is root's to do, and not that of
# a stage.

install: dependencies  ## headers, libraries, gsoaprm.pc and gsoaprm-store into PREFIX=
	$(AGAIN) build-library build-tools
	install -d $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BUILD)/bin/gsoaprm-store $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(wildcard plugin/include/*.h plugin/include/*.hpp) $(DESTDIR)$(PREFIX)/include
	install -m 644 $(BUILD)/lib/libgsoaprm.a $(DESTDIR)$(PREFIX)/lib
	install -m 755 $(BUILD)/lib/libgsoaprm.so $(DESTDIR)$(PREFIX)/lib/libgsoaprm.so.$(VERSION)
	ln -sf libgsoaprm.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(PREFIX)/lib/libgsoaprm.so
	@{ echo 'prefix=$(PREFIX)'; \
	  echo 'includedir=$${prefix}/include'; \
	  echo 'libdir=$${prefix}/lib'; \
	  echo; \
	  echo 'Name: gsoaprm'; \
	  echo 'Description: WCF reliable sessions (WS-ReliableMessaging) for gSOAP'; \
	  echo 'Version: $(VERSION)'; \
	  echo 'Cflags: -I$${includedir}'; \
	  echo 'Libs: -L$${libdir} -lgsoaprm'; \
	  echo 'Libs.private: $(LIBRARIES) -lstdc++'; \
	} >$(DESTDIR)$(PREFIX)/lib/pkgconfig/gsoaprm.pc
	chmod 644 $(DESTDIR)$(PREFIX)/lib/pkgconfig/gsoaprm.pc
	@if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then PATH="$$PATH:/usr/sbin:/sbin" ldconfig; fi
.PHONY: install

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
