# demo and test are all that a newcomer needs to know; each target makes what it needs.
PYTHON ?= python3
ARGS ?=

.PHONY: setup demo lab check test bench

setup demo lab check test bench:
	@$(PYTHON) workbench/bootstrap.py $@ $(ARGS)
