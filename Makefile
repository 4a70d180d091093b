# make demo and make test each work alone on a fresh clone, with nothing but Python 3.11 or newer and make.
PYTHON ?= python3
EXAMS ?=
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

KNOWN := $(notdir $(wildcard exams/[a-z]*))
UNKNOWN := $(filter-out $(KNOWN),$(EXAMS))
$(if $(UNKNOWN),$(error no exam is named $(UNKNOWN); there are: $(KNOWN)))

.PHONY: help demo small test verify test-hostile test-full test-parity test-imported test-browser test-cuda screenshots lint install sandbox browser benchmark docs clean

help:
	@echo "make demo       grade a sample class on every exam and print the table; make demo EXAMS=dl2022_final: on this one"
	@echo "make test       ruff, mypy, vulture and the tests, with the ten slowest"
	@echo "make verify     every solution, alternative and mistake of the course, graded, and what students then read"
	@echo "make test-hostile  attacks on sandboxes started anew for each submission, ten thousand malformed inputs, bombs"
	@echo "make test-full  the solutions on the official datasets: make test-full DATA=DIR [ONLY='hihello or zero_one']"
	@echo "make test-parity  the same submissions in real Jupyter kernels and graded: both must agree"
	@echo "make test-imported  imported assignments by nbgrader's, otter's and pytest's own commands and by ours (half an hour)"
	@echo "make test-browser  Jupyter as people use it, in headless Chromium; pictures in build/browser"
	@echo "make test-cuda  what is carried to a machine with a GPU, on the CPU where there is none"
	@echo "make screenshots  the pictures of docs/images, anew"
	@echo "make install    create $(VENV) with every extra (demo and test do it by themselves)"
	@echo "make docs       the documentation as pages, in build/site"
	@echo "make benchmark  speed and memory, side by side with nbgrader and otter-grader"
	@echo "make clean      remove $(VENV) and what the tools left behind"

demo: $(if $(EXAMS),small,install)
	$(BIN)/autograder demo $(EXAMS)

test: lint
	$(BIN)/python -m pytest --numprocesses 2 --dist loadscope --no-loadscope-reorder --durations=10

verify: install
	$(BIN)/python -m pytest -m verify --numprocesses 2 --dist loadscope --no-loadscope-reorder --durations=10

test-hostile: install
	$(BIN)/python -m pytest -m hostile --numprocesses 2 --dist loadscope --no-loadscope-reorder --durations=10

test-full: install
	@test -n "$(DATA)" || { echo "make test-full DATA=DIR, where DIR holds MNIST/, FashionMNIST/ and CIFAR-10 (autograder data fetch --data DIR)"; exit 2; }
	AUTOGRADER_DATA="$(abspath $(DATA))" $(BIN)/python -m pytest -m full -k "$(ONLY)" --durations=0

test-parity: install
	$(BIN)/python -m pytest -m parity --durations=0

test-imported: install
	$(BIN)/python -m pytest -m imported --durations=0

test-browser: install browser
	$(BIN)/python -m pytest -m browser --durations=0

test-cuda: install
	$(BIN)/python -m pytest -m cuda --durations=0

screenshots: install browser
	$(BIN)/python -m tests.browser.screenshots

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/vulture

benchmark: install
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[benchmark]'
	$(BIN)/python benchmarks/throughput.py --copies 50 --cold 4 --rivals 2 --rounds 1
	$(BIN)/python benchmarks/memory.py --copies 100
	$(BIN)/python benchmarks/long.py --rounds 1
	$(BIN)/python benchmarks/rescore.py --students 1000
	$(BIN)/python benchmarks/groups.py
	$(BIN)/python benchmarks/desk.py
	$(BIN)/python benchmarks/check.py

docs: install
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[docs]'
	$(BIN)/mkdocs build --strict

install: $(INSTALLED) sandbox

# The cache is within the environment, so that files are linked and not copied, and is removed in the end. Compiled
# as pip does it, a framework is imported in half the time; a sandbox cannot write what it compiles. Where only pip is
# set up to reach the packages, through a proxy for instance, pip installs them.
define install_extras
$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --cache-dir $(VENV)/cache --constraint constraints.txt --editable '.[$(1)]' || \
  $(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[$(1)]'
@rm -rf $(VENV)/cache
endef

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, $(PYTHON) is $$($(PYTHON) --version 2>&1); try make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "$(PYTHON) cannot make a virtual environment (Debian, Ubuntu: apt-get install python3-venv)"; exit 1; }
	$(BIN)/python -m pip install --quiet --constraint constraints.txt uv

$(INSTALLED): pyproject.toml constraints.txt | $(BIN)/uv
	$(call install_extras,all)
	@touch $(INSTALLED)

# What some exams need: make demo EXAMS=dl2022_final installs torch, and no TensorFlow.
comma := ,
nothing :=
space := $(nothing) $(nothing)
FRAMEWORKS = $(shell sed -n 's/.*framework="\([a-z]*\)".*/\1/p' $(EXAMS:%=exams/%/*/question.py) | sort -u)
EXTRAS = $(subst $(space),$(comma),$(strip report $(patsubst fastai,vision,$(filter-out python,$(FRAMEWORKS)))))

small: sandbox | $(BIN)/uv
	$(if $(wildcard $(INSTALLED)),,$(call install_extras,$(EXTRAS)))

# On Debian and Ubuntu what is missing is installed; elsewhere the message says what to install.
define apt_install
if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
  apt-get update -qq && apt-get install -qq -y $(1); \
elif command -v apt-get >/dev/null && command -v sudo >/dev/null; then \
  sudo apt-get update -qq && sudo apt-get install -qq -y $(1); \
else \
  echo "missing: $(1); install it (Debian, Ubuntu: apt-get install $(1); Fedora: dnf install $(2))"; exit 1; \
fi
endef

sandbox:
	@command -v bwrap >/dev/null || { $(call apt_install,bubblewrap,bubblewrap); }

# A browser without a display, the program that drives it, and letters for Korean.
browser: $(INSTALLED)
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null && fc-list :lang=ko | grep -q . || \
	  { $(call apt_install,chromium chromium-driver fontconfig fonts-noto-cjk,chromium chromedriver fontconfig google-noto-sans-cjk-fonts); }
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[browser]'

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache demo build dist
