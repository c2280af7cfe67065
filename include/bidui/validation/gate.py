"""Gates: when a whole file is held. Each gives Problems that say what was found, what was expected, what to do.

Thresholds stand in the contract (`gates:`); a county's own parameters AGG-01 max_row_drop, AGG-01 max_row_growth and
AGG-03 max_blank_share replace them, keyed by extract, or without a key for all. A county's keyless AGG-03 leaves alone the checks that do
not quarantine: a registry person without a number stays, so a registry file may hold many more of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psycopg2.extensions

from bidui.contract import Extract
from bidui.contract.model import FEWEST_GATED_ROWS
from bidui.problem import Problem
from bidui.validation.gx_session import Outcome
from bidui.validation.suite import Check

# A file most of whose rows are unusable is not what it says it is, whichever check they fail.
MOST_UNUSABLE = 0.5

COUNTY_VALUES = """
select rule_id, parameter, key, value::numeric
from reference.county_parameter
where (rule_id, parameter) in (('AGG-01', 'max_row_drop'), ('AGG-01', 'max_row_growth'), ('AGG-03', 'max_blank_share'))
    and key in ('', %(extract)s)
    and division_code = ''
    and valid_from <= %(as_of)s and %(as_of)s < valid_to
    and pg_input_is_valid(value, 'numeric')
"""

IN_FORCE = """
select b.data_date, sum(b.rows_landed)::bigint
from ledger.batch_known(%(as_of)s) as b
where b.extract = %(extract)s
    and b.data_date <= %(data_date)s
    and b.batch_id <> all(%(delivery)s)
group by b.data_date
order by b.data_date desc
limit 1
"""


@dataclass(frozen=True)
class Thresholds:
    """Shares from 0 to 1; growth may be more."""

    max_row_drop: float
    max_row_growth: float
    max_blank_share: float
    # Where blanks do not quarantine (the registry).
    max_blank_share_tolerant: float
    max_mangled_share: float

    def blank_share(self, check: Check) -> float:
        """The share of blanks beyond which a file is held, for one check."""
        return self.max_blank_share if check.quarantines else self.max_blank_share_tolerant


@dataclass(frozen=True)
class Predecessor:
    """The delivery in force that a new one is measured against."""

    data_date: dt.date
    rows: int


def thresholds(cursor: psycopg2.extensions.cursor, extract: Extract, as_of: dt.date) -> Thresholds:
    """The contract's thresholds, replaced by the county's own where it has any at the night."""
    cursor.execute(COUNTY_VALUES, {"extract": extract.key, "as_of": as_of})
    county = {(rule, parameter, key): float(value) for rule, parameter, key, value in cursor.fetchall()}

    def value(rule: str, parameter: str, default: float, *keys: str) -> float:
        return next((county[rule, parameter, key] for key in keys if (rule, parameter, key) in county), default)

    gates = extract.gates
    return Thresholds(
        max_row_drop=value("AGG-01", "max_row_drop", gates.max_row_drop, extract.key, ""),
        max_row_growth=value("AGG-01", "max_row_growth", gates.max_row_growth, extract.key, ""),
        max_blank_share=value("AGG-03", "max_blank_share", gates.max_blank_share, extract.key, ""),
        max_blank_share_tolerant=value("AGG-03", "max_blank_share", gates.max_blank_share, extract.key),
        max_mangled_share=gates.max_mangled_share,
    )


def in_force(
    cursor: psycopg2.extensions.cursor,
    extract: Extract,
    as_of: dt.date,
    data_date: dt.date,
    delivery: Iterable[int],
) -> Predecessor | None:
    """The newest accepted delivery not newer than `data_date` (all its parts together), or None.

    A late older delivery is measured against what was in force for its own date, not against a later list.
    """
    cursor.execute(
        IN_FORCE,
        {"extract": extract.key, "as_of": as_of, "data_date": data_date, "delivery": list(delivery)},
    )
    row = cursor.fetchone()
    return Predecessor(*row) if row else None


def fewest_rows(extract: Extract, limits: Thresholds, before: Predecessor | None) -> int:
    """How many rows a delivery must have at least; 0 when there is nothing to measure it against."""
    if before is None or extract.delivery.content != "full":
        return 0
    return int(-(-before.rows * (1 - limits.max_row_drop) // 1))


def most_rows(extract: Extract, limits: Thresholds, before: Predecessor | None) -> int | None:
    """How many rows a delivery may have at most; None when there is nothing to measure it against.

    A few rows more are never too many: a list of three people may become one of eight.
    """
    if before is None or extract.delivery.content != "full":
        return None
    return max(int(before.rows * (1 + limits.max_row_growth)), before.rows + FEWEST_GATED_ROWS)


def row_problems(
    extract: Extract, limits: Thresholds, before: Predecessor | None, rows: int, batch_ids: list[int]
) -> list[Problem]:
    """Empty file; row count collapsed or swollen against the delivery in force. Only full lists have these gates."""
    if extract.delivery.content != "full":
        return []
    if rows == 0:
        return [_empty(extract)]
    most = most_rows(extract, limits, before)
    if before is None or most is None:
        return []
    if rows > most:
        return [_grown(extract, before, rows, most, batch_ids)]
    if rows < fewest_rows(extract, limits, before):
        return [_dropped(extract, before, rows, limits, batch_ids)]
    return []


def _empty(extract: Extract) -> Problem:
    return Problem(
        code="gate.empty",
        what_zh=f"“{extract.title.zh}”没有任何数据行",
        what_en=f"the file of {extract.key} has no data row",
        expected_zh="完整名单",
        expected_en="a full list",
        fix_zh="重新导出并报送；此前的批次继续有效",
        fix_en="export it again and deliver it; the batch in force stays in force",
    )


def _grown(extract: Extract, before: Predecessor, rows: int, most: int, batch_ids: list[int]) -> Problem:
    return Problem(
        code="gate.row_growth",
        what_zh=f"“{extract.title.zh}”行数由生效批次（{before.data_date}）的 {before.rows:,} 行增至 {rows:,} 行",
        what_en=f"{extract.key} grew from {before.rows:,} rows of the delivery in force ({before.data_date}) to {rows:,}",
        expected_zh=f"至多 {most:,} 行",
        expected_en=f"at most {most:,} rows",
        fix_zh="核实是否混入了其他县的名单、重复粘贴或多期合并，更正后重新报送",
        fix_en="see whether another county's list was appended, the list pasted twice or several periods put"
        " together, and deliver again",
        decide_zh=_release_zh(batch_ids),
        decide_en=_release_en(batch_ids),
    )


def _dropped(extract: Extract, before: Predecessor, rows: int, limits: Thresholds, batch_ids: list[int]) -> Problem:
    drop = 1 - rows / before.rows
    return Problem(
        code="gate.row_drop",
        what_zh=f"“{extract.title.zh}”行数比生效批次（{before.data_date}）少 {drop:.1%}：{before.rows:,} 行降至 {rows:,} 行",
        what_en=f"{extract.key} has {drop:.1%} fewer rows than the delivery in force ({before.data_date}):"
        f" {before.rows:,} fell to {rows:,}",
        expected_zh=f"降幅不超过 {limits.max_row_drop:.1%}",
        expected_en=f"a drop of at most {limits.max_row_drop:.1%}",
        fix_zh="核实名单是否完整，补全后重新报送",
        fix_en="see whether the list is complete and send it again",
        decide_zh=_release_zh(batch_ids),
        decide_en=_release_en(batch_ids),
    )


def share_problems(
    extract: Extract, limits: Thresholds, outcomes: Mapping[str, Outcome], rows: int, batch_id: int
) -> list[Problem]:
    """Blank IDs or identities; ID columns damaged by a spreadsheet: one problem per column beyond its share."""
    problems = []
    for outcome in outcomes.values():
        count = outcome.unexpected_count or 0
        if outcome.check.gate not in ("blank_share", "mangled_share") or count < FEWEST_GATED_ROWS or rows == 0:
            continue
        blank = outcome.check.gate == "blank_share"
        limit = limits.blank_share(outcome.check) if blank else limits.max_mangled_share
        share = count / rows
        if share <= limit:
            continue
        header = _headers(extract, outcome.check)
        problems.append(
            Problem(
                code=f"gate.{outcome.check.gate}",
                column=header,
                what_zh=f"{count:,} 行（{share:.2%}）" + ("为空" if blank else "被表格软件改写，号码已丢失"),
                what_en=f"{count:,} rows ({share:.2%}) "
                + ("are blank" if blank else "were damaged by a spreadsheet, the numbers are lost"),
                expected_zh=f"不超过 {limit:.2%}",
                expected_en=f"at most {limit:.2%}",
                fix_zh=("补填后" if blank else "从原系统按文本格式重新导出后") + "重新报送",
                fix_en=("fill them in" if blank else "export the column again as text") + " and deliver again",
                decide_zh=_release_zh([batch_id]),
                decide_en=_release_en([batch_id]),
            )
        )
    return problems


def usable_problems(extract: Extract, rows: int, quarantined: int, batch_id: int) -> list[Problem]:
    """More than half of the rows set apart, for whatever reasons."""
    if rows == 0 or quarantined / rows <= MOST_UNUSABLE:
        return []
    return [
        Problem(
            code="gate.unusable",
            what_zh=f"“{extract.title.zh}”{rows:,} 行中有 {quarantined:,} 行（{quarantined / rows:.1%}）不能使用",
            what_en=f"{quarantined:,} of {rows:,} rows ({quarantined / rows:.1%}) of {extract.key} cannot be used",
            expected_zh=f"不超过 {MOST_UNUSABLE:.0%}",
            expected_en=f"at most {MOST_UNUSABLE:.0%}",
            fix_zh="按隔离原因核对文件与列后重新报送",
            fix_en="check file and columns against the reasons of the quarantined rows and deliver again",
            decide_zh=_release_zh([batch_id]),
            decide_en=_release_en([batch_id]),
        )
    ]


def unchecked_problems(outcomes: Mapping[str, Outcome]) -> list[Problem]:
    """A critical expectation that could not be computed: nobody knows whether the rows are right."""
    return [
        Problem(
            code="gate.unchecked",
            column=outcome.check.name,
            what_zh="关键校验未能执行",
            what_en="a critical expectation could not be computed",
            fix_zh="由平台工程师检查校验规则与暂存表的列，修正后重新运行",
            fix_en="have an engineer compare the suite with the staged columns, then run the task again",
        )
        for outcome in outcomes.values()
        if not outcome.evaluated and outcome.check.severity == "critical"
    ]


def sibling_problem(held: Iterable[int]) -> Problem:
    """A part of a full list whose other part is held: alone it would cancel the people of the other."""
    numbers = ", ".join(str(batch_id) for batch_id in sorted(held))
    return Problem(
        code="gate.sibling_held",
        what_zh=f"同一次报送的另一部分（批次 {numbers}）未被接受，名单不完整",
        what_en=f"another part of the same delivery (batch {numbers}) is held, so the list is not complete",
        expected_zh="一次报送的所有部分一同接受",
        expected_en="all parts of a delivery accepted together",
        fix_zh="更正该部分后整体重新报送",
        fix_en="correct that part and deliver all of it again",
    )


def _headers(extract: Extract, check: Check) -> str:
    return "、".join(extract.by_name[column].header for column in check.columns if column in extract.by_name)


def _release_zh(batch_ids: list[int]) -> str:
    return f"确属正常的，执行 bidui release {batch_ids[0]} --by 姓名 --reason 理由"


def _release_en(batch_ids: list[int]) -> str:
    return f"if it is right as it is: bidui release {batch_ids[0]} --by NAME --reason WHY"
