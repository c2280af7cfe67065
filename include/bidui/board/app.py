"""The board as an app that Airflow's API server mounts.

A mounted app inherits no login from Airflow: without the guards below every route would answer anybody. They are parts of
Airflow that are no public interface, so Airflow is pinned, an ImportError leaves the board out (the plugin does not load),
and a test walks every route without a login.
"""

from __future__ import annotations

from contextlib import closing
from http import HTTPStatus
from pathlib import Path

import psycopg2
from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_view
from airflow.api_fastapi.logging.decorators import action_logging
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bidui import clock
from bidui.board import content
from bidui.contract import load_sources
from bidui.explain.words import SEVERITIES
from bidui.home import sources_dir
from bidui.landing.batch import STATUS_WORDS
from bidui.night.report import VERDICTS
from bidui.page import render
from bidui.platform.settings import BOARD
from bidui.warehouse.connection import connect
from bidui.warehouse.roles import connection_url

LOGIN = "engineer"
PATIENCE = "10s"

HEADERS = {
    "Cache-Control": "no-store",
    # The frame is Airflow's own page.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def may_read_board(user: GetUserDep) -> None:
    """Refuse whoever has no right to the board, logged in or not."""
    if not get_auth_manager().is_authorized_custom_view(method="GET", resource_name=BOARD, user=user):
        raise HTTPException(HTTPStatus.FORBIDDEN, "无权查看 · not allowed")


GUARDS = [
    Depends(requires_access_view(AccessView.WEBSITE)),
    Depends(may_read_board),
    Depends(action_logging(event="bidui_board")),
]


def application() -> FastAPI:
    """The app: every route behind the guards, no page about its own interface."""
    app = FastAPI(title="Bidui", docs_url=None, redoc_url=None, openapi_url=None, dependencies=GUARDS)
    app.get("/", response_class=HTMLResponse)(board)
    app.exception_handler(HTTPException)(_refuse)
    return app


def board() -> HTMLResponse:
    """The page, or a clear word that the warehouse does not answer."""
    try:
        with closing(connect(connection_url(LOGIN), application="bidui board")) as connection:
            connection.set_session(readonly=True)
            with connection.cursor() as cursor:
                cursor.execute("select set_config('statement_timeout', %s, false)", (PATIENCE,))
            told = content.collect(connection, load_sources(sources_dir()), clock.today())
    except psycopg2.Error as error:
        # The class says what kind of trouble it is; the text might quote a value.
        page = render(Path(__file__).with_name("unavailable.html.jinja"), trouble=type(error).__name__)
        return HTMLResponse(page, HTTPStatus.SERVICE_UNAVAILABLE, HEADERS)
    words = {"status_words": STATUS_WORDS, "verdict_words": VERDICTS, "severity_words": SEVERITIES}
    page = render(Path(__file__).with_name("board.html.jinja"), **words, **told)
    return HTMLResponse(page, headers=HEADERS)


def _refuse(request: Request, refusal: HTTPException) -> Response:
    """A person without a login is sent to the login page; a program is told the status."""
    if refusal.status_code == HTTPStatus.UNAUTHORIZED and request.headers.get("Sec-Fetch-Dest") == "document":
        return RedirectResponse(get_auth_manager().get_url_login(next_url=str(request.url)), HTTPStatus.SEE_OTHER, HEADERS)
    return HTMLResponse(str(refusal.detail), refusal.status_code, HEADERS)
