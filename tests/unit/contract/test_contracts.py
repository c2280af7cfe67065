"""Contracts: all shipped ones are sound, and a mistake is named with file, line, key and fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from bidui.contract import Extract, SftpOrigin, Sources, load_sources
from bidui.contract.code_lists import shipped_code_lists
from bidui.contract.header_text import header_key
from bidui.contract.schema import SHIPPED_SCHEMA
from bidui.landing.header import find_header
from bidui.problem import Problem, ProblemError

SHIPPED = load_sources()

TINY = """\
version: 1
department: human_resources
title: {zh: 人社局, en: Human resources}
extracts:
  public_post:
    title: {zh: 公益性岗位, en: Public posts}
    contract_version: "1.0"
    grain: 一行一人。One row per person.
    basis: inferred
    origin: {kind: drop_folder}
    file: {formats: [csv], encodings: [UTF-8], title_rows: 0, header_rows: 1}
    delivery: {content: full, cadence: monthly, arrives_within_days: 5, max_age_days: 62, data_date: [file_name, modified]}
    persons:
      - {role: self, id: id_no, name: person_name}
    keys: [id_no]
    control_totals: [wage]
    gates: {max_row_drop: 0.2, max_blank_share: 0.005, max_mangled_share: 0.05}
    drift: {new_column: ignore, missing_optional: accept}
    unregistered: {keep: [id_no], why: 只为判定是否在册}
    columns:
      - {name: id_no, header: 证件号码, type: text, required: true, personal: true}
      - {name: person_name, header: 姓名, type: text, personal: true}
      - {name: wage, header: 月工资, type: "decimal(10,2)", aliases: [岗位补贴]}
"""


def test_the_shipped_contracts_are_complete() -> None:
    assert len(SHIPPED.departments) == 5
    assert len(SHIPPED.extracts) == 21
    assert sum(len(extract.columns) for extract in SHIPPED.extracts.values()) == 325


def test_the_shipped_contracts_name_shipped_code_lists() -> None:
    names = shipped_code_lists()
    assert names
    assert load_sources(None, names).extracts.keys() == SHIPPED.extracts.keys()


@pytest.mark.parametrize("extract", SHIPPED.extracts.values(), ids=lambda extract: extract.key)
def test_every_contract_finds_its_own_header_and_every_alias(extract: Extract) -> None:
    header = find_header([[column.header for column in extract.columns]], extract)
    assert header is not None
    assert [match.column for match in header.matched] == list(extract.columns)
    for column in extract.columns:
        for alias in column.aliases:
            others = [other.header for other in extract.columns if other is not column]
            found = find_header([[*others, alias]], extract)
            assert found is not None
            assert found.matched[-1].column is column


@pytest.mark.parametrize("extract", SHIPPED.extracts.values(), ids=lambda extract: extract.key)
def test_every_contract_says_what_a_night_needs(extract: Extract) -> None:
    assert "csv" in extract.file.formats
    assert "。" in extract.grain
    assert extract.grain.isascii() is False
    assert extract.delivery.max_age.days > 0
    assert {person.id for person in extract.persons if person.id} <= extract.personal
    assert extract.version.startswith(extract.contract_version + "+")


def test_a_change_that_nobody_declared_changes_the_version(tmp_path: Path) -> None:
    before = written(tmp_path, TINY).extract("public_post")
    after = written(tmp_path, TINY.replace("岗位补贴", "补贴")).extract("public_post")
    assert before.contract_version == after.contract_version
    assert before.version != after.version


MISTAKES = {
    "key misspelt": ("header: 月工资", "heder: 月工资", "contract.unknown_key", 23, "heder", "改为 header", "mean header"),
    "key missing": ("    basis: inferred\n", "", "contract.missing_key", 5, "public_post", "补上 basis", "add basis"),
    "bad type": ("type: text, personal", "type: string, personal", "contract.bad_value", 22, "columns[1].type", "改正", "correct"),
    "bad cadence": ("cadence: monthly", "cadence: montly", "contract.bad_value", 12, "cadence", "改为 monthly", "mean monthly"),
    "share above one": ("max_row_drop: 0.2", "max_row_drop: 20", "contract.bad_value", 17, "max_row_drop", "改正", "correct"),
    "no column of that name": ("keys: [id_no]", "keys: [id_nr]", "contract.unknown_column", 15, "keys[0]", "改为 id_no", "mean id_no"),
    "person without id or name": (
        "role: self, id: id_no, name: person_name", "role: self", "contract.missing_key",
        14, "persons[0]", "补上 id", "add id",
    ),
    "total of a text": (
        "control_totals: [wage]", "control_totals: [id_no]", "contract.total_not_decimal",
        16, "control_totals[0]", "改列的类型", "change the column's type",
    ),
    "one header for two columns": (
        "aliases: [岗位补贴]", "aliases: ['姓 名']", "contract.header_twice",
        23, "columns[2]", "从其中一列删除", "remove it from one",
    ),
    "reserved name": ("name: wage, header", "name: row_no, header", "contract.reserved_name", 23, "columns[2]", "换一个列名", "another name"),
    "key given twice": (
        "    basis: inferred\n", "    basis: inferred\n    basis: seen\n", "contract.key_twice",
        10, "basis", "删除其中一个", "remove one",
    ),
    "not YAML": ("    columns:\n", "    columns: [\n", "contract.not_yaml", None, None, "检查该行的缩进", "check indentation"),
    "csv not accepted": ("formats: [csv]", "formats: [xlsx]", "contract.bad_value", 11, "formats", "改正", "correct"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_named_with_file_line_key_and_fix(tmp_path: Path, mistake: str) -> None:
    old, new, code, line, key, fix_zh, fix_en = MISTAKES[mistake]
    assert old in TINY
    problem = only_problem(tmp_path, TINY.replace(old, new), code)
    assert problem.file == "human_resources.yml"
    if line is not None:
        assert problem.row == line
    if key is not None:
        assert problem.column is not None
        assert key in problem.column
    assert fix_zh in problem.zh
    assert fix_en in problem.en


def test_what_a_contract_leaves_out_is_said_by_common(tmp_path: Path) -> None:
    brief = TINY.replace("    gates: {max_row_drop: 0.2, max_blank_share: 0.005, max_mangled_share: 0.05}\n", "    gates: {max_row_drop: 0.5}\n")
    extract = written(tmp_path, brief.replace("    drift: {new_column: ignore, missing_optional: accept}\n", "")).extract("public_post")
    assert (extract.gates.max_row_drop, extract.gates.max_row_growth, extract.gates.max_blank_share) == (0.5, 1, 0.005)
    assert extract.drift.new_column == "ignore"


def test_a_family_adds_the_headers_that_departments_share(tmp_path: Path) -> None:
    extract = written(tmp_path, TINY.replace("header: 姓名,", "header: 上岗人员, family: person_name,")).extract("public_post")
    assert extract.by_name["person_name"].headers == ("上岗人员", "姓名", "学生姓名", "患者姓名", "逝者姓名")
    problem = only_problem(tmp_path, TINY.replace("header: 姓名,", "header: 姓名, family: person_nam,"), "contract.unknown_family")
    assert (problem.row, problem.column) == (22, "extracts.public_post.columns[1].family")
    assert "did you mean person_name?" in problem.en
    assert "改为 person_name" in problem.zh


def test_one_family_for_two_columns_is_refused(tmp_path: Path) -> None:
    twice = TINY.replace("header: 姓名,", "header: 上岗人员, family: person_name,").replace("header: 月工资,", "header: 担保人, family: person_name,")
    with pytest.raises(ProblemError) as caught:
        written(tmp_path, twice)
    assert {problem.code for problem in caught.value.problems} == {"contract.header_twice"}


def test_a_default_is_part_of_the_contracts_version(tmp_path: Path) -> None:
    before = written(tmp_path, TINY).extract("public_post").version
    common = (SHIPPED_SCHEMA.parent / "common.yml").read_text(encoding="utf-8")
    (tmp_path / "common.yml").write_text(common.replace("max_row_growth: 1 ", "max_row_growth: 3 "), encoding="utf-8")
    assert load_sources(tmp_path).extract("public_post").version != before


def test_an_unknown_code_list_is_named(tmp_path: Path) -> None:
    (tmp_path / "human_resources.yml").write_text(
        TINY.replace("header: 姓名, type: text", "header: 姓名, type: text, codes: sax"), encoding="utf-8"
    )
    with pytest.raises(ProblemError) as caught:
        load_sources(tmp_path, {"sex", "cause"})
    (problem,) = caught.value.problems
    assert problem.code == "contract.unknown_codes"
    assert "did you mean sex?" in problem.en


def with_origin(origin: str, content: str = "full") -> str:
    return TINY.replace("origin: {kind: drop_folder}", f"origin: {origin}").replace("content: full", f"content: {content}")


def test_an_origin_is_read_with_its_defaults(tmp_path: Path) -> None:
    origin = written(tmp_path, with_origin("{kind: sftp, path: /out}")).extract("public_post").origin
    assert origin == SftpOrigin(connection="bidui_human_resources", path="/out", pattern="*", complete="stable_size")


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("{kind: ftp}", "drop_folder, sftp, sql, http"),
        ("{kind: sftp}", "key path is missing"),
        ("{kind: sftp, path: /out, patern: x}", "did you mean pattern?"),
        ("{kind: sftp, path: /out, password: x}", "unknown key password"),
        ("{kind: sql, columns: {id_no: aac002}}", "exactly one of table, query is needed"),
        ("{kind: sql, table: t, query: select 1 as a, columns: {id_no: a}}", "exactly one of table, query is needed"),
        ("{kind: sql, table: t; drop table t, columns: {id_no: a}}", "text like"),
        ("{kind: sql, query: delete from ac01, columns: {id_no: a}}", "a query is one select"),
        ("{kind: sql, query: 'select 1; select 2', columns: {id_no: a}}", "a query is one select"),
        ("{kind: sql, table: t, columns: {person_name: a}}", "the required column id_no has no column of the source"),
        ("{kind: sql, table: t, columns: {id_no: a, wages: b}}", "did you mean wage?"),
        ("{kind: sql, table: t, columns: {id_no: a}, watermark: {column: c, type: int, start: '0'}}", "content to delta"),
        ("{kind: sql, table: t, columns: {id_no: a}, codes: {wage: {1: 一}}}", "wage is not among columns"),
        ("{kind: http, path: /a, format: json}", "add columns"),
        ("{kind: http, path: /a, format: csv, paging: {by: next_link, at: n}}", "use one of none, page, link_header"),
        ("{kind: http, path: /a, format: csv, paging: {by: page}}", "add parameter"),
        ("{kind: http, path: 'http://b/a', format: csv}", "text like"),
    ],
)
def test_a_mistake_in_an_origin_is_named_with_its_fix(tmp_path: Path, origin: str, said: str) -> None:
    (tmp_path / "human_resources.yml").write_text(with_origin(origin), encoding="utf-8")
    with pytest.raises(ProblemError) as caught:
        load_sources(tmp_path)
    assert any(said in problem.en for problem in caught.value.problems), str(caught.value)
    assert all(problem.row for problem in caught.value.problems)


def test_a_query_by_watermark_has_to_use_it(tmp_path: Path) -> None:
    origin = "{kind: sql, query: select a from t, columns: {id_no: a}, watermark: {column: c, type: int, start: '0'}}"
    problem = only_problem(tmp_path, with_origin(origin, "delta"), "contract.origin")
    assert "does not use :watermark" in problem.en


def test_a_query_by_watermark_takes_the_rows_at_it_too(tmp_path: Path) -> None:
    origin = "{kind: sql, query: 'select a from t where c > :watermark', columns: {id_no: a}, watermark: {column: c, type: int, start: '0'}}"
    problem = only_problem(tmp_path, with_origin(origin, "delta"), "contract.origin")
    assert "say >= :watermark" in problem.en


def test_all_mistakes_of_all_files_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(TINY.replace("version: 1", "version: 2"), encoding="utf-8")
    (tmp_path / "b.yml").write_text(TINY.replace("grain:", "grains:"), encoding="utf-8")
    with pytest.raises(ProblemError) as caught:
        load_sources(tmp_path)
    assert {problem.file for problem in caught.value.problems} == {"a.yml", "b.yml"}


def test_one_extract_in_two_departments_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(TINY, encoding="utf-8")
    (tmp_path / "b.yml").write_text(TINY.replace("human_resources", "labour"), encoding="utf-8")
    with pytest.raises(ProblemError) as caught:
        load_sources(tmp_path)
    assert [problem.code for problem in caught.value.problems] == ["contract.twice"]
    assert "a.yml" in caught.value.problems[0].zh


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="BIDUI_SOURCES"):
        load_sources(tmp_path)


@pytest.mark.parametrize(("wrong", "right"), [("hi_rol", "hi_roll"), ("schol_roll", "school_roll")])
def test_an_unknown_extract_is_answered_with_the_nearest(wrong: str, right: str) -> None:
    with pytest.raises(ProblemError, match=f"did you mean {right}"):
        SHIPPED.extract(wrong)


def test_an_unknown_department_is_answered_with_the_nearest() -> None:
    with pytest.raises(ProblemError, match="did you mean housing"):
        SHIPPED.department("hosing")


@pytest.mark.parametrize(
    "variant",
    ["身份证号(必填)", "身份证号（必填）", " 身份证号 （必填） ", "身份证\n号(必填)", "*身份证号(必填)", "身份证号【必填】", "身份证号(必填)："],
)
def test_width_brackets_blanks_breaks_and_marks_do_not_count(variant: str) -> None:
    assert header_key(variant) == "身份证号(必填)"


def written(folder: Path, text: str) -> Sources:
    (folder / "human_resources.yml").write_text(text, encoding="utf-8")
    return load_sources(folder)


def only_problem(folder: Path, text: str, code: str) -> Problem:
    (folder / "human_resources.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ProblemError) as caught:
        load_sources(folder)
    matching = [problem for problem in caught.value.problems if problem.code == code]
    assert matching, caught.value.problems
    return matching[0]
