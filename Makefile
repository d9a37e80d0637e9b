# Every target sets up what it needs. Python 3.11 or newer is all that has to be there
# (npm too, for spec-lint, page-lint, types, clients and bench).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
ARGS ?=
PLANS := code start business token admin
# Keep bytecode whatever the environment says: tests start hundreds of short processes, and each would
# compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup serve test hosts postgres page languages page-lint types clients test-all endurance mutation healthy crash crash-postgres crash-shared lint audit check soak fuzz spec-lint spec-lint-files spec-lint-bundles names generated docs bundle bench contract wheel-check lock clean

setup: $(VENV)/serve.stamp

# PORT=8081 where 8080 is taken; ARGS for everything else that `megaapi-mock serve --help` names.
serve: setup
	@exec $(BIN)/megaapi-mock serve $(if $(PORT),--port $(PORT)) $(ARGS)

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n 4 --dist worksteal -m "not hosts and not postgres and not page and not languages and not npm and not clients" $(ARGS)
	@echo "Left out: tests of the page in a browser (make page), whole runs against hosts, laws on broken gateways and trials of bots (make hosts), the store on PostgreSQL (make postgres), PHP, Node.js and C# (make languages), TypeScript (make types), generated clients (make clients)."

# Whole runs against hosts of every kind, of the contract suite and of Schemathesis, every law on whole and on broken gateways,
# whole trials of bots, and secrets planted everywhere: minutes that `make test` leaves out.
hosts: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n 4 --dist worksteal --timeout 900 -m hosts $(ARGS)

# The store on PostgreSQL, with servers of the tests' own: processes in temporary folders, on 127.0.0.1 alone. Only
# files that name the mark, or a fixture that leads to it, are collected: all of them take longer than their tests.
postgres: $(VENV)/postgres.stamp
	$(BIN)/python -m pytest -n 2 --dist worksteal -m postgres $(ARGS) \
	  $$(grep -rlE 'mark\.postgres|\b(store_url|open_store|postgres_url|DATABASES)\b' --include='test_*.py' mockserver/tests)

# The page in two headless browsers: Debian's chromium, driven by Playwright.
page: $(VENV)/page.stamp
	$(BIN)/python -m pytest -n 2 --dist worksteal --timeout 900 -m page mockserver/tests/page $(ARGS)

# The programs of the reference pages in PHP, Node.js and C#, each language in its own interpreter, and the examples.
languages: $(VENV)/languages.stamp
	$(BIN)/python -m pytest -m languages mockserver/tests/reference mockserver/tests/test_other_languages.py $(ARGS)

# The page's modules under the eyes of ESLint.
page-lint: node_modules/stamp
	npm run --silent lint:page

# The declarations for TypeScript under its own compiler, with every sample.
types: node_modules/stamp $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n 2 -m npm mockserver/tests/events $(ARGS)

# Every client of docs/clients.md, generated into dist/clients and tried against a mock.
clients: node_modules/stamp $(VENV)/clients.stamp
	$(BIN)/python tools/clients.py
	$(BIN)/python -m pytest -n 2 --dist loadfile -m clients mockserver/tests/clients $(ARGS)

# Would the contract suite notice a faulty gateway? Writes docs/mutation.md and docs/mutation.json.
mutation: $(VENV)/dev.stamp
	$(BIN)/megaapi-contract mutate $(ARGS)

# Does the contract suite condemn a host that breaks nothing? Every host of the table, 20 seeds each:
# hours. ARGS="--mixed only" takes some fifteen minutes, ARGS="--seeds 5-8" a part of it.
healthy: $(VENV)/dev.stamp
	$(BIN)/python benchmarks/healthy_hosts.py $(ARGS)

# Kill a mock on SQLite under load, 200 times: what it has said is done is there afterwards, and every
# webhook comes. Writes what it saw into docs/durability.md. `make test` has a short form.
crash: $(VENV)/dev.stamp
	$(BIN)/python benchmarks/crash.py --page docs/durability.md $(ARGS)

# The same on PostgreSQL, 50 times, the server killed too. `make postgres` has a short form.
crash-postgres: $(VENV)/postgres.stamp
	$(BIN)/python benchmarks/crash_postgres.py --page docs/durability.md $(ARGS)

# Three mocks share a database, and one of them is killed, 50 times. `make postgres` has a short form.
crash-shared: $(VENV)/postgres.stamp
	$(BIN)/python benchmarks/crash_shared.py --page docs/shared.md $(ARGS)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check mockserver contract_tests benchmarks examples tools
	$(BIN)/ruff format --check mockserver contract_tests benchmarks examples tools
	$(BIN)/mypy

# Known vulnerabilities of what is pinned, where the database can be reached; else it says that it cannot.
audit: $(VENV)/audit.stamp
	@$(VENV)/audit/bin/python tools/audit.py

check: lint test

# Ten minutes of everything at once, then 200,000 odd calls: nothing breaks, gets stuck, or grows.
# `make test` has a short form of both.
soak: $(VENV)/dev.stamp
	$(BIN)/python benchmarks/soak.py $(ARGS)
	$(BIN)/python benchmarks/fuzz.py

fuzz: $(VENV)/dev.stamp
	$(BIN)/python benchmarks/fuzz.py $(ARGS)

# What takes minutes of one mock, in a form that ends soon: a soak, odd calls, healthy hosts, and the
# example bots with 20 seeds. `make soak` and `make healthy` have the long forms.
endurance: $(VENV)/dev.stamp
	$(BIN)/python benchmarks/soak.py --seconds 60
	$(BIN)/python benchmarks/fuzz.py --calls 20000
	$(BIN)/python benchmarks/healthy_hosts.py --mixed only --seeds 1
	MEGAAPI_TEST_SEEDS=20 $(BIN)/python -m pytest -n 2 mockserver/tests/commands/test_receiver_trial.py \
	  mockserver/tests/commands/test_trial_loops.py

# Everything there is: npm too, and an empty environment elsewhere.
test-all: check hosts postgres page languages page-lint types clients spec-lint wheel-check endurance

# The contract under the eyes of Redocly and Spectral: its files, and every one-file form, side by side.
BUNDLES := node_modules/.cache/bundles
spec-lint: node_modules/stamp $(VENV)/serve.stamp
	$(BIN)/megaapi-mock spec lint
	@$(MAKE) --no-print-directory -j2 --output-sync=target spec-lint-files spec-lint-bundles

spec-lint-files:
	npm run --silent lint

spec-lint-bundles:
	@mkdir -p $(BUNDLES)
	$(BIN)/megaapi-mock spec bundle -o $(BUNDLES)/megaapi.yaml
	$(BIN)/megaapi-mock spec bundle --for openapi-python-client -o $(BUNDLES)/python.yaml
	$(BIN)/megaapi-mock spec bundle --for openapi-generator -o $(BUNDLES)/openapi-generator.yaml
	for plan in $(PLANS); do \
	  $(BIN)/megaapi-mock spec bundle --plan $$plan -o $(BUNDLES)/$$plan.yaml || exit 1; done
	npm run --silent lint:bundles

# Every file that is made from spec and code, but for docs/mutation.md: tests hold them to each other.
generated: names
	$(BIN)/megaapi-mock spec evidence --page > evidence.new && mv evidence.new docs/evidence.md
	$(BIN)/megaapi-mock faults --page > faults.new && mv faults.new docs/faults.md
	$(BIN)/python mockserver/tests/testing/fields_page.py
	$(BIN)/python mockserver/tests/limits_page.py
	$(BIN)/megaapi-mock spec types -o mockserver/megaapi_mock/events/megaapi.d.ts
	$(BIN)/megaapi-mock spec types --language python -o mockserver/megaapi_mock/events/payloads.py
	$(BIN)/ruff format -q mockserver/megaapi_mock/events/payloads.py

# The types of event, operation and fault names in megaapi_mock/testing/names.py, from spec and code.
names: $(VENV)/dev.stamp
	$(BIN)/python mockserver/tests/testing/names_of_spec.py

# The reference as HTML pages that need no server, in Portuguese and English.
docs: setup
	$(BIN)/megaapi-mock spec pages -o dist/reference

bundle: setup
	$(BIN)/megaapi-mock spec bundle -o dist/megaapi.yaml
	@echo dist/megaapi.yaml

# This mock on each store beside Prism, WireMock, Mockoon and json-server. Twenty minutes on a quiet machine;
# ARGS=--quick takes about six, ARGS=--long an hour and a half. docs/benchmarks.md has the figures of one run.
bench: benchmarks/peers/node_modules/stamp $(VENV)/postgres.stamp
	$(BIN)/python benchmarks/compare.py $(ARGS)

# The contract suite: against the mock in one process, or TARGET=https://... with ARGS="--instance-key ...".
TARGET ?= mock
contract: $(VENV)/dev.stamp
	$(BIN)/megaapi-contract run --target $(TARGET) $(ARGS)

# Build the wheel, install it in an empty environment elsewhere, send and receive one message.
wheel-check: $(VENV)/dev.stamp
	$(BIN)/python benchmarks/wheel_check.py

# Pins with hashes and without any index address; needs uv.
lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet \
	  --python-version 3.11 pyproject.toml --extra postgres --group build -o requirements/serve.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet \
	  --python-version 3.11 pyproject.toml --extra postgres --group dev --group build -o requirements/dev.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet \
	  --python-version 3.11 pyproject.toml --group page -c requirements/dev.txt -o requirements/page.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet \
	  --python-version 3.11 pyproject.toml --group clients -c requirements/dev.txt -o requirements/clients.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet \
	  --python-version 3.11 --group audit -o requirements/audit.txt

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv $(VENV)

# The last step checks the contract once and remembers the verdict, so that starts are quick.
$(VENV)/serve.stamp: $(VENV)/bin/python requirements/serve.txt pyproject.toml
	$(PIP) --require-hashes -r requirements/serve.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	$(BIN)/megaapi-mock spec bundle -o $(VENV)/megaapi.json
	@touch $@

$(VENV)/dev.stamp: $(VENV)/serve.stamp requirements/dev.txt
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

# In an environment of its own: what it needs is none of ours.
$(VENV)/audit.stamp: $(VENV)/bin/python requirements/audit.txt
	$(BIN)/python -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/audit.txt
	@touch $@

node_modules/stamp: package-lock.json
	npm ci --silent --no-audit --no-fund
	@touch $@

# In a folder of their own: nothing else needs them. WireMock is a Java program.
benchmarks/peers/node_modules/stamp: benchmarks/peers/package-lock.json
	cd benchmarks/peers && npm ci --silent --no-audit --no-fund
	@command -v java >/dev/null || test "$$(id -u)" != 0 || { apt-get update -qq && apt-get install -qq -y --no-install-recommends default-jre-headless; }
	@command -v java >/dev/null || { echo "make bench needs Java: apt-get install default-jre-headless" >&2; exit 1; }
	@touch $@

# The browser comes from the system's own packages; Playwright downloads none.
$(VENV)/page.stamp: $(VENV)/dev.stamp requirements/page.txt
	$(PIP) --require-hashes -r requirements/page.txt
	@command -v chromium >/dev/null || test "$$(id -u)" != 0 || apt-get install -qq -y chromium
	@command -v chromium >/dev/null || { echo "make page needs chromium: apt-get install chromium" >&2; exit 1; }
	@touch $@

# Debian's package brings the server; its programs are not in PATH there.
HAS_POSTGRES = ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null
$(VENV)/postgres.stamp: $(VENV)/dev.stamp
	@{ $(HAS_POSTGRES); } || test "$$(id -u)" != 0 || { apt-get update -qq && apt-get install -qq -y --no-install-recommends postgresql; }
	@{ $(HAS_POSTGRES); } || { echo "make postgres needs PostgreSQL: apt-get install postgresql" >&2; exit 1; }
	@touch $@

# What generated clients need besides: Java to make them, PHP with Guzzle and Mono with Newtonsoft.Json to try them.
RUNTIMES := default-jre-headless php-cli php-curl php-mbstring php-guzzlehttp-guzzle mono-mcs mono-runtime \
  libnewtonsoft-json5.0-cil libmono-system-net-http4.0-cil libmono-system-componentmodel-dataannotations4.0-cil \
  libmono-system-runtime-serialization4.0-cil
HAS_RUNTIMES = command -v java >/dev/null && command -v php >/dev/null && command -v mcs >/dev/null && command -v mono >/dev/null \
  && test -f /usr/share/php/GuzzleHttp/autoload.php && test -f /usr/lib/cli/Newtonsoft.Json-5.0/Newtonsoft.Json.dll && php -m | grep -qx mbstring
$(VENV)/clients.stamp: $(VENV)/dev.stamp requirements/clients.txt
	$(PIP) --require-hashes -r requirements/clients.txt
	@{ $(HAS_RUNTIMES); } || test "$$(id -u)" != 0 || { apt-get update -qq && apt-get install -qq -y --no-install-recommends $$(command -v java >/dev/null && echo $(filter-out default-jre-headless,$(RUNTIMES)) || echo $(RUNTIMES)); }
	@{ $(HAS_RUNTIMES); } || { echo "make clients needs Java, PHP with Guzzle, and Mono with Newtonsoft.Json: apt-get install $(RUNTIMES)" >&2; exit 1; }
	@touch $@

# PHP and Mono come from Debian's packages where they may; Mono's compiler reads C# 7.
LANGUAGES := php-cli php-curl nodejs mono-mcs mono-runtime libmono-system-net-http4.0-cil
INTERPRETERS = command -v php >/dev/null && command -v node >/dev/null && command -v mcs >/dev/null && command -v mono >/dev/null && php -m | grep -qx curl
$(VENV)/languages.stamp: $(VENV)/dev.stamp
	@{ $(INTERPRETERS); } || test "$$(id -u)" != 0 || { apt-get update -qq && apt-get install -qq -y --no-install-recommends $$(command -v node >/dev/null && echo $(filter-out nodejs,$(LANGUAGES)) || echo $(LANGUAGES)); }
	@{ $(INTERPRETERS); } || { echo "make languages needs PHP with curl, Node.js 18 and Mono: apt-get install $(LANGUAGES)" >&2; exit 1; }
	@touch $@

clean:
	rm -rf $(VENV) node_modules benchmarks/peers/node_modules dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
