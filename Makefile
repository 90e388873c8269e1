# Three commands, each doing all the set-up it needs:  make design GOAL="..."   make serve   make test
PYTHON ?= python3
ARGS ?=
export GOAL

.PHONY: help design serve test test-vllm test-aizynth test-torch test-browser test-quickstart test-training test-milvus test-docking test-inspect test-learn check setup setup-dev lock clean

help:
	@echo 'make design GOAL="Design a heat-resistant polymer with Tg > 250 °C"   set up and run a design'
	@echo 'make serve                                                           set up and open the pages on this machine'
	@echo 'make test                                                            set up and run every check and test'
	@echo 'make test-vllm                                                       tests with real model servers, without a card'
	@echo 'make test-aizynth                                                    tests with the real AiZynthFinder'
	@echo 'make test-torch                                                      tests with torch, on a GPU where there is one'
	@echo 'make test-browser                                                    the report in a browser: widths, contrast, keyboard, print'
	@echo 'make test-quickstart                                                 every command of the quickstart as a new user types it'
	@echo 'make test-training                                                   whole trainings of predictors, as a release does them'
	@echo 'make test-inspect                                                    exported evaluations opened in the real Inspect'
	@echo 'make test-learn                                                      from data to a better served adapter, without a card: minutes'
	@echo 'make test-milvus                                                     the passage stores in Milvus Lite, in a file and served'
	@echo 'make test-docking                                                    a design run that docks with AutoDock Vina'

design: setup
	@if [ -z "$$GOAL" ]; then echo 'give a goal: make design GOAL="a molecule with MW < 300"' >&2; exit 2; fi
	@.venv/bin/molwright design "$$GOAL" --yes $(ARGS)

serve: setup
	@.venv/bin/molwright serve $(ARGS)

test: setup-dev
	@scripts/test $(ARGS)

# Tests with real vLLM servers on the processor; the first time installs 3.5 GB into the user's cache folder.
test-vllm: setup-dev
	@$(PYTHON) scripts/vllm_env.py
	@.venv/bin/python -m pytest -m vllm tests -s $(ARGS)

# Tests with the real AiZynthFinder; the first time installs 1.5 GB into the user's cache folder.
test-aizynth: setup-dev
	@$(PYTHON) scripts/aizynth_env.py
	@.venv/bin/python -m pytest -m aizynth tests/aizynth $(ARGS)

# Training with torch on the processor, and on a GPU where torch finds one; the first time installs 1 GB into the user's cache folder.
# Where the environment has a torch of its own (the extra train, on a machine with a GPU): .venv/bin/python -m pytest -m torch tests
test-torch: setup-dev
	@PYTHONPATH="$$($(PYTHON) scripts/torch_env.py)" .venv/bin/python -m pytest -m torch tests/tools/predictors $(ARGS)

# The report as a browser shows and prints it; the first time installs Playwright (130 MB) into the user's cache folder. Needs Chromium.
test-browser: setup-dev
	@PYTHONPATH="$$($(PYTHON) scripts/browser_env.py)" .venv/bin/python -m pytest -m browser tests/browser $(ARGS)

# Every command of the quickstart, in order, each in a process of its own.
test-quickstart: setup-dev
	@.venv/bin/python -m pytest -m quickstart tests/test_quickstart.py $(ARGS)

# Whole trainings of predictors, with workers and without.
test-training: setup-dev
	@.venv/bin/python -m pytest -m training tests/tools tests/app $(ARGS)

# The stores of passages in Milvus Lite, in a file and served; MOLWRIGHT_TEST_MILVUS names a server to be used instead of the served one.
test-milvus: setup-dev
	@.venv/bin/python -m pytest -m milvus tests/contracts $(ARGS)

# A design run whose scorer docks with AutoDock Vina; the first time installs 15 MB into the user's cache folder.
test-docking: setup-dev
	@PYTHONPATH="$$($(PYTHON) scripts/docking_env.py)" .venv/bin/python -m pytest -m docking tests/docking $(ARGS)

# Exported evaluations in the real Inspect; the first time installs 350 MB into the user's cache folder.
test-inspect: setup-dev
	@$(PYTHON) scripts/inspect_env.py
	@.venv/bin/python -m pytest -m inspect tests/evals $(ARGS)

# From verified tasks to a better served adapter, small; the first time installs 5 GB into the user's cache folder.
test-learn: setup-dev
	@$(PYTHON) scripts/vllm_env.py vllm
	@.venv/bin/python -m pytest -m learn tests/learn -s $(ARGS)

check: setup-dev
	@scripts/check

setup:
	@$(PYTHON) scripts/bootstrap.py

setup-dev:
	@$(PYTHON) scripts/bootstrap.py --dev

lock:
	@scripts/lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis htmlcov
