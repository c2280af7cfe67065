# Needs Python 3.11 or newer (with venv) and make; everything else is installed into .venv from the lock file.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

export UV_NO_PROGRESS ?= 1
# Processes that `make test` runs on (0: this one). Each has a home, a server and ports of its own, and takes one file after
# the other: the long ones first, so that all end together.
WORKERS ?= 2
TESTS ?= tests/e2e tests/integration tests/dags tests/unit

.DEFAULT_GOAL := help
.PHONY: help env nightly test servers up down status lint format clean

help: ## this list · 本列表
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env: $(READY) ## build the environment from the lock file · 按锁文件建立环境

nightly: $(READY) ## run the sample county's next night, leave the platform running · 运行样例县的下一夜，平台保持运行
	@$(BIN)/bidui nightly --sample

test: $(READY) servers ## run all tests, leave nothing running · 运行全部测试，不留进程
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS) $(PYTEST_ARGS)

# What the connectors' tests pull from. Without root (or apt) those tests are skipped, with the reason.
servers: ## install the servers that connectors are tested against (Debian, root) · 安装连接器测试所用的服务器
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! { test -x /usr/sbin/sshd && test -x /usr/sbin/mariadbd; }; then \
		echo "… 安装测试用服务器 · installing openssh-server, mariadb-server"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			openssh-server mariadb-server >/dev/null; \
	fi

up: $(READY) ## start the standing platform · 启动平台
	@$(BIN)/bidui up

down: $(READY) ## stop every process of the platform · 停止平台
	@$(BIN)/bidui down

status: $(READY) ## what is in force, stale, held, published · 生效、过期、暂存、已发布
	@$(BIN)/bidui status

lint: $(READY) ## style, SQL and types · 代码风格、SQL 与类型检查
	@$(BIN)/ruff check .
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar -q dbt_project include/sql
	@$(BIN)/mypy

format: $(READY) ## mend what ruff can mend · 自动修正
	@$(BIN)/ruff check --fix .

clean: ## remove environment and caches; BIDUI_HOME stays · 删除环境与缓存，数据保留
	@if [ -x $(BIN)/bidui ]; then $(BIN)/bidui down; fi
	rm -rf $(VENV) build include/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis dbt_project/target dbt_project/logs

$(READY): requirements.lock requirements/bootstrap.lock pyproject.toml
	@echo "… 建立环境 · building the environment"
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "需要 Python 3.11 至 3.13 · Python 3.11 to 3.13 is needed, found " + sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@
