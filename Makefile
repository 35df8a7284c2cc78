# Everything starts here; each target brings what it needs.
PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -m pytest -q
FILES := .
FAST := not rasa and not process and not browser and not postgres and not foreign and not redis
# What the portal checks before it comes to its store, and its texts, are the same on each store.
STORELESS := $(patsubst %,tests/test_demo_portal_%.py,validation rules library papers questionnaires)

.DEFAULT_GOAL := help
.PHONY: help setup demo chat train test check fast stores contract dialogues browser canaries evaluate-nlu docs sbom audit-dependencies

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Bring uv, Python 3.12 and the locked environment
	@deploy/bootstrap.sh

demo: train ## Start everything on this machine and say where to look
	@exec $(PYTHON) -m deploy.demo

chat: ## Talk to the running demo in this terminal (LANG_CODE=es for Spanish, CHANNEL=sms)
	@$(PYTHON) -m deploy.chat

train: setup ## Train when the model is older than what it is trained from
	@$(PYTHON) -m assistant train --if-stale
	@$(PYTHON) -m channels.language_training --if-stale

test: browser-setup train check fast stores contract dialogues browser canaries ## Run every check and every test, fast ones first

check: setup ## Format, lint and types
	@$(PYTHON) -m ruff format --check $(FILES)
	@$(PYTHON) -m ruff check $(FILES)
	@$(PYTHON) -m pyright --warnings

fast: setup ## The tests that need neither a trained model nor a running process
	@$(PYTEST) -n auto --dist worksteal --ignore=tests/contract -m "$(FAST) and not timed"
	@$(PYTEST) -m timed

stores: setup ## The portal on PostgreSQL, the counts on Redis, and what other people's FHIR software says of its data
	@deploy/bootstrap.sh postgres foreign redis
	@$(PYTEST) -m "postgres or foreign or redis" --ignore=tests/contract
	@PORTAL_TEST_STORE=postgres $(PYTEST) $(filter-out $(STORELESS),$(wildcard tests/test_demo_portal_*.py))

contract: setup ## The FHIR client before three servers, or FHIR_BASE_URL=... (a test server: it is written to)
	@deploy/bootstrap.sh $(if $(FHIR_BASE_URL),,postgres foreign)
	@$(PYTEST) tests/contract

dialogues: train ## Rasa itself, and conversations through the real processes
	@rm -rf var/tests
	@$(PYTEST) -n auto --dist loadfile -m "rasa or process"

browser: train browser-setup ## The pages in a real Chromium
	@$(PYTEST) -m browser

canaries: setup ## Search what the conversations left behind for what must never be kept
	@$(PYTHON) -m tests.canaries

evaluate-nlu: train ## Measure the understanding with DATA=file.jsonl; PEERS=1 has stock Rasa and NLP.js measured beside it
	@$(PYTHON) -m evaluation.nlu $(if $(DATA),"$(DATA)") $(if $(filter 1,$(PEERS)),--peers) $(if $(NOW),--now $(NOW))

docs: setup ## Write the generated pages of docs/
	@$(PYTHON) -m docs.generate

sbom: setup ## List what an installation consists of, as CycloneDX (var/sbom.json)
	@$(PYTHON) -m deploy.dependencies sbom var/sbom.json

audit-dependencies: setup ## Ask what is known against the locked versions (needs the network)
	@$(PYTHON) -m deploy.dependencies audit

.PHONY: browser-setup
browser-setup:
	@deploy/bootstrap.sh browser
