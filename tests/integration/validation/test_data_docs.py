"""The static site of nights, batches and suites."""

from __future__ import annotations

import datetime as dt
import re
import shutil

import pytest
from staged_rows import insured

from bidui.contract import load_sources
from bidui.validation import build_docs, release
from bidui.validation.docs import expire_docs

OCTOBER, NOVEMBER = dt.date(2026, 10, 16), dt.date(2026, 11, 16)


@pytest.fixture
def site(bidui_home, connection):
    """The folder of an empty site."""
    for name in ("docs", "gx"):
        shutil.rmtree(bidui_home / name, ignore_errors=True)
    return bidui_home / "docs"


def test_a_night_has_its_pages_and_only_what_is_new_is_rendered(site, stage, judge, connection):
    accepted = stage("hi_roll", [*(insured(n) for n in range(20)), insured(20, id_state="check", id_key=None)])
    judge(accepted)
    first = build_docs()
    assert (first.suites, first.batches, first.nights) == (len(load_sources().extracts), 1, 1)
    night = (site / "nights" / "2026-10-16.html").read_text(encoding="utf-8")
    assert "21 = 略过 skipped 0 + 入库 landed 21" in night
    assert "id_no_checksum" in night
    (link,) = re.findall(r'href="\.\./(validations/hi_roll/[^"]+)"', night)
    page = (site / link).read_text(encoding="utf-8")
    assert "“证件号码”校验码正确 · the check character of id_no is right" in page
    assert "nights/2026-10-16.html" in (site / "index.html").read_text(encoding="utf-8")

    again = build_docs()
    assert (again.suites, again.batches, again.nights) == (0, 0, 0)

    held = stage("hi_roll", [insured(n) for n in range(5)], as_of=NOVEMBER, data_date=NOVEMBER)
    judge(held, as_of=NOVEMBER)
    second = build_docs()
    assert (second.suites, second.batches, second.nights) == (0, 1, 1)
    assert "暂存待核 held" in (site / "nights" / "2026-11-16.html").read_text(encoding="utf-8")

    with connection:
        release(connection, held, by="王科长", reason="已核实")
    third = build_docs()
    assert (third.batches, third.nights) == (0, 1)
    assert "王科长: 已核实" in (site / "nights" / "2026-11-16.html").read_text(encoding="utf-8")


def test_the_site_holds_no_value_of_a_person_and_fetches_nothing(site, stage, judge):
    marked = insured(9, person_name="PLANTEDNAME", id_no="PLANTEDIDNO", id_state="check", id_key=None, psn_no=None)
    judge(stage("hi_roll", [*(insured(n) for n in range(9)), marked]))
    build_docs()
    pages = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    assert len(pages) == len(load_sources().extracts) + 3
    for path, text in pages.items():
        assert "PLANTED" not in text, path
        assert not re.search(r"(src|href)=[\"']?(https?:)?//", text), path
        assert not re.search(r"<script\b", text), path
        assert "An unexpected Exception" not in text, path


def test_links_of_the_site_lead_somewhere(site, stage, judge):
    judge(stage("hi_roll", [insured(n) for n in range(9)]))
    build_docs()
    for path in site.rglob("*.html"):
        for link in re.findall(r'href="([^"#]+)"', path.read_text(encoding="utf-8")):
            assert (path.parent / link).resolve().exists(), (path, link)


def test_results_beyond_retention_go_and_the_night_stays(site, stage, judge):
    judge(stage("hi_roll", [insured(n) for n in range(9)]))
    build_docs()
    assert expire_docs(OCTOBER) == 0
    assert expire_docs(OCTOBER + dt.timedelta(days=1)) == 3
    assert not list((site / "validations").rglob("*.html"))
    build_docs()
    assert "validations/" not in (site / "nights" / "2026-10-16.html").read_text(encoding="utf-8")
