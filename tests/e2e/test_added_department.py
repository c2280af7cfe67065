"""A department nobody foresaw: the documented example is added to a copy of the house, and a night compares it."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from county import FIRST_NIGHT, County

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLE = "docs/examples/human_resources"
PERSONS = 400
POSTS = ["姓名", "身份证号码", "岗位类别", "用人单位", "上岗时间", "离岗时间", "岗位补贴(元/月)"]
TRAINING = ["姓名", "身份证号码", "培训工种", "开班时间", "结业时间", "是否取得证书"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of what is configuration, with the example added as its README says."""
    house = tmp_path_factory.mktemp("house")
    for folder in ("include/sources", "expectations", "dbt_project", EXAMPLE):
        shutil.copytree(REPOSITORY / folder, house / folder, ignore=shutil.ignore_patterns("target", "logs"))
    (block,) = re.findall(r"```sh\n(.*?)```", (house / EXAMPLE / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    subprocess.run(["sh", "-euc", block], cwd=house, check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIDUI_SOURCES", str(house / "include" / "sources"))
        patch.setenv("BIDUI_EXPECTATIONS", str(house / "expectations"))
        patch.setenv("BIDUI_DBT_PROJECT", str(house / "dbt_project"))
        yield house


@pytest.fixture(scope="module")
def night(house: Path, warehouse: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    from bidui import reference
    from bidui.sample import generate
    from bidui.warehouse.prepare import prepare

    drops, truth = tmp_path_factory.mktemp("drops"), tmp_path_factory.mktemp("truth")
    generate(PERSONS, 7, 1, FIRST_NIGHT, drops, truth)
    prepare()
    connection = psycopg2.connect(warehouse)
    with connection:
        reference.load(connection, drops / "reference")
    connection.autocommit = True
    night = Night(County(drops, truth, connection))
    night.run()
    yield night
    connection.close()


class Night:
    """The sample county's first night, with lists of the bureau made from its registry."""

    def __init__(self, county: County) -> None:
        self.county = county

    def run(self) -> None:
        # the other departments have sent nothing yet, which keeps nobody
        self._ingest("registry")
        self._ingest("civil_affairs")
        self._write_lists()
        self._ingest("human_resources")
        self.county.reconcile(1)

    def _ingest(self, department: str) -> None:
        from bidui.platform import intake

        intake.fetch(FIRST_NIGHT, department, self.county.drops / "night_1")
        for step in (intake.land, intake.stage, intake.validate):
            step(FIRST_NIGHT, department)

    def _write_lists(self) -> None:
        """Of those with a post: the first is left out, the second holds another kind. The dead and others gain one."""
        folder = self.county.drops / "night_1" / "human_resources"
        people = self.ask(
            "select distinct on (r.id_no) r.person_name, r.id_no, r.public_post, d.id_no is not null as is_dead"
            " from staging.registry_person as r left join staging.death as d using (id_key)"
            " where r.id_state = 'ok' and not r.is_repeat"
            "     and not exists (select from staging.registry_person as o where o.id_key = r.id_key and o.row_no <> r.row_no)"
            " order by r.id_no"
        )
        holders = [person for person in people if person[2] and not person[3]]
        dead = [person for person in people if person[3]]
        others = [person for person in people if not person[2] and not person[3]]
        assert len(holders) > 2
        assert dead
        self.left_out, self.other_kind, *self.kept = (holder[1] for holder in holders)
        self.gained = others[0][1]
        self.dead = dead[0][1]
        rows = [
            [name, id_no, "文物看管员" if id_no == self.other_kind else post, "村委会", "2025-03-01", "", "500"]
            for name, id_no, post, _ in holders[1:]
        ]
        rows += [[name, id_no, "扶贫公益岗位", "村委会", "2025年3月1日", "", "500"] for name, id_no, _, _ in (others[0], dead[0])]
        rows.append(["甲", "990101190001010000", "护林员", "", "", "", ""])  # no such number: quarantined
        self.posts_sent = len(rows)
        _write(folder / "post_holder" / "公益岗20261015.csv", POSTS, rows)
        _write(
            folder / "skills_training" / "培训20261015.csv",
            TRAINING,
            [[others[1][0], others[1][1], "家政", "2025-05-01", "2025-05-20", "是"]],
        )

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.county.connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def as_auditor(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows that an auditor sees."""
        from bidui.warehouse.roles import connection_url

        with psycopg2.connect(connection_url("auditor")) as connection, connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def verdict(self, field: str, id_no: str) -> tuple[Any, ...]:
        """(verdict, registry value, department value) of one person, as published."""
        (row,) = self.as_auditor(
            "select verdict, registry_value, department_value from audit.comparison_human_resources"
            " where field = %s and id_no = %s",
            field, id_no,
        )  # fmt: skip
        return row


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


def test_its_contract_and_rules_are_sound(night: Night, house: Path) -> None:
    bidui = Path(sys.executable).with_name("bidui")
    for command in (["contract", "check"], ["rule", "check"]):
        done = subprocess.run([bidui, *command], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_row_of_the_new_lists_is_accounted_for(night: Night) -> None:
    assert night.ask(
        "select extract, status, rows_accepted, rows_quarantined from ledger.batch"
        " where department = 'human_resources' order by extract"
    ) == [("post_holder", "accepted", night.posts_sent - 1, 1), ("skills_training", "accepted", 1, 0)]


def test_the_comparison_is_published_with_every_verdict(night: Night) -> None:
    assert night.verdict("public_post", night.left_out)[0] == "registry_only"
    assert night.verdict("public_post", night.kept[0])[0] == "agree"
    assert night.verdict("public_post", night.gained) == ("department_only", None, "是")
    assert night.verdict("post_kind", night.other_kind)[0] == "differ"
    assert night.verdict("post_kind", night.kept[0])[0] == "agree"
    assert night.verdict("person_name", night.kept[0])[0] == "agree"
    fields = night.as_auditor("select field, count(distinct subject_key) from audit.comparison_human_resources group by 1 order by 1")
    assert [field for field, _ in fields] == ["person_name", "post_kind", "public_post", "skill_certificate"]
    assert len({subjects for _, subjects in fields}) == 1


def test_its_rules_find(night: Night) -> None:
    found = night.as_auditor(
        "select f.rule_id, c.id_no from audit.finding as f"
        " inner join audit.comparison_human_resources as c using (subject_kind, subject_key)"
        " where f.rule_id like %s and f.state = 'open' and c.field = 'public_post'",
        "HRS-%",
    )
    assert ("HRS-01", night.left_out) in found
    assert ("HRS-02", night.dead) in found
    assert not {id_no for rule, id_no in found if rule == "HRS-01"} & set(night.kept)


def test_people_read_it_as_any_other_comparison(night: Night) -> None:
    ((comment,),) = night.ask("select obj_description('audit.comparison_human_resources'::regclass)")
    assert comment.startswith("人力资源和社会保障局比对")
    missing = night.ask(
        "select attname from pg_attribute where attrelid = 'audit.comparison_human_resources'::regclass and attnum > 0"
        " and col_description(attrelid, attnum) is null"
    )
    assert missing == []
    assert night.ask("select has_table_privilege('bidui_auditor', 'audit.comparison_human_resources', 'select')") == [(True,)]
    assert night.ask("select count(*) > 0 from published.comparison_summary where department = 'human_resources'") == [(True,)]
    assert night.ask("select title_en from reference.compared_field where field = 'post_kind'") == [("Kind of post",)]
