# The models of the protocol: tests/model/README.md. They need SPIN and a C compiler, nothing of the plugin.
MODEL_PACKAGES := spin gcc libc6-dev cpp python3

dependencies-model:
	$(call install_packages,$(MODEL_PACKAGES))
model: dependencies-model  ## look at every state of the protocol's models; the last line is R7
	@BUILD=$(BUILD) tests/model/run.py check $(MODEL)
model-trace: dependencies-model  ## the story of a counterexample: MODEL=, CASE= a mistake or a goal
	@BUILD=$(BUILD) tests/model/run.py trace $(MODEL) $(CASE)
.PHONY: dependencies-model model model-trace
