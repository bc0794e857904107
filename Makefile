# `make run`, `make test` and `make installer` set up all they need: each first installs what is missing
# (resources/setup.sh). With nothing missing that takes a few hundredths of a second.

.DEFAULT_GOAL := help
.PHONY: help run test test-slow test-longer faults fuzz soak bench lint format translation screenshots installer test-installer clean set-up set-up-test
bin := .venv/bin

help: ## list these commands
	@echo "usage: make COMMAND"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1	\2/p' Makefile

run: set-up ## install what is missing and start CatDog
	@$(bin)/catdog

test: lint ## install what is missing and run every check and test
	@echo "== pytest, with coverage"
	@$(bin)/pytest --cov --numprocesses auto --maxprocesses 4 --dist loadfile

test-slow: set-up-test ## run the tests that take long, a hundred runs with settings drawn at random and ten kills among them (ten minutes)
	@$(bin)/pytest -m slow --numprocesses auto --maxprocesses 4 --dist worksteal

test-longer: set-up-test ## run the tests that take longest: several ranks killed again and again, 300 more runs, exports of real photos (an hour)
	@$(bin)/pytest -m longer

faults: set-up-test ## let every call for a file fail, in every command (about an hour); options="--only sort undo", "--most 20"
	@$(bin)/python -m tests.faults $(options)

fuzz: set-up-test ## damage files of every kind at random, 10,000 of each (an hour): options="--kind zip --cases 500 --seed 1"
	@OMP_NUM_THREADS=1 QT_QPA_PLATFORM=offscreen $(bin)/python -m tests.fuzz $(options)

soak: set-up-test ## work with the window for an hour and see that no memory, thread, handle or file is left (Linux)
	@$(bin)/python -m tests.soak $(options)

bench: set-up-test ## measure everything into one table (40 minutes; nothing else should run); options=--quick to try
	@$(bin)/python -m tests.benchmarks $(options)
	@test ! -x dist/catdog/catdog || $(bin)/python tests/benchmarks/installer.py

lint: set-up-test ## run every check except the tests
	@echo "== ruff check"
	@$(bin)/ruff check
	@echo "== ruff format"
	@$(bin)/ruff format --check
	@echo "== mypy"
	@$(bin)/mypy
	@echo "== import-linter"
	@$(bin)/lint-imports

format: set-up-test ## lay out the code and mend what ruff can mend by itself
	@$(bin)/ruff check --fix-only
	@$(bin)/ruff format

translation: set-up ## write or refresh a language's sentences and compile them: make translation LANGUAGE=de
	@$(bin)/python resources/translations/collect.py "$(LANGUAGE)"

screenshots: set-up-test ## take the pictures in README again, of drawings
	@$(bin)/python -m tests.gui.screenshots
	@$(bin)/python -m tests.web.screenshots

installer: ## build the installers for this system into dist/ (some minutes)
	@bash resources/setup.sh installer
	@$(bin)/python resources/packaging/build.py

test-installer: ## build the installers and try them, where possible in a bare Debian (a quarter of an hour)
	@bash resources/setup.sh test-installer
	@$(bin)/python resources/packaging/build.py
	@$(bin)/pytest -m installer tests/installer

clean: ## remove .venv and everything else that these commands made
	rm -rf .venv build dist *.egg-info .coverage .coverage.* \
		.mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find trainer catdog_gui tests -name __pycache__ -type d -prune -exec rm -rf {} +

set-up:
	@bash resources/setup.sh run

set-up-test:
	@bash resources/setup.sh test
