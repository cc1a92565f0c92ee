# make venv   the environment      make study   a real study on dSprites, about ten minutes on two cores
# make test   the fast tests       make test-all   then the slow ones       make lint   ruff and mypy
# make test-ci   the fast tests, then those slow ones that `.ci/run` runs
# make docs   the documentation site in build/docs: pages, API, gallery of reports; a minute or two at first
# make results   the table of the paper's claims in results/README.md, from the studies that are kept beside it

# the first that there is; tested with 3.11
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
SUITABLE = import sys; sys.exit(sys.version_info < (3, 11))
VENV := .venv
STAMP := $(VENV)/.installed

.PHONY: venv study test test-ci test-all lint docs results clean

venv: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(or $(PYTHON),false) -c "$(SUITABLE)" || \
		{ echo "make: Python 3.11 or newer is needed; name one with PYTHON=/path/to/python" >&2; exit 1; }
	test -x $(VENV)/bin/pip || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python deploy/install.py --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(STAMP)

study: venv
	$(VENV)/bin/python -m study.launch --space dsprites

test: venv
	$(VENV)/bin/python -m pytest -m "not slow" -n 2 --dist loadfile

test-ci: test
	$(VENV)/bin/python -m pytest -m "slow and ci" --durations 10

test-all: test
	$(VENV)/bin/python -m pytest -m slow --durations 25

lint: venv
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/mypy docs/conf.py docs/extensions

docs: venv
	$(VENV)/bin/python -m sphinx --fail-on-warning --keep-going --fresh-env --quiet -c docs -d build/doctrees . build/docs
	@echo 'Documentation: build/docs/index.html'

results: venv
	$(VENV)/bin/python -m study.report.results table results/paper/* --into results/README.md

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
