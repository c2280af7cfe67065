# Apache Superset in an image of its own: it needs SQLAlchemy 1.4. Built and configured like docker/Dockerfile.
ARG BASE_IMAGE=python:3.11-slim-bookworm
FROM ${BASE_IMAGE}

ARG PIP_INDEX_URL
ARG UV_DEFAULT_INDEX

ENV LANG=C.UTF-8 \
    PATH=/opt/superset/.venv/bin:$PATH \
    SUPERSET_HOME=/var/lib/superset \
    SUPERSET_CONFIG_PATH=/opt/superset/superset_config.py \
    FLASK_APP=superset.app:create_app() \
    PYTHONUNBUFFERED=1

RUN groupadd --system --gid 50001 bidui \
    && useradd --system --uid 50001 --gid bidui --home-dir /var/lib/superset --shell /usr/sbin/nologin bidui \
    && install -d -o bidui -g bidui -m 0700 /var/lib/superset

WORKDIR /opt/superset

COPY requirements/bootstrap.lock requirements/superset.lock requirements/
RUN python3 -m venv .venv \
    && .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock \
    && .venv/bin/uv pip install --no-cache --python .venv/bin/python --require-hashes --no-deps -r requirements/superset.lock

COPY include/superset/superset_config.py include/superset/provision.py docker/superset-entrypoint ./

# Starts as root to read secrets that only root may read, then becomes bidui.
ENTRYPOINT ["/bin/sh", "/opt/superset/superset-entrypoint"]
