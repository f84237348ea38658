attack: dependencies-test  ## attacks on the sample servers by a client that is not gSOAP (R10)
	$(AGAIN) $(BUILD)/samples/calculator_server $(BUILD)/samples/calculator_server_ssl
	@tests/attack/attack.py --samples $(BUILD)/samples
.PHONY: attack
