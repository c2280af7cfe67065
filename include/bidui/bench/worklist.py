"""`bidui bench worklists`: a cycle of worklists from findings made up on the spot, timed, with its peak of memory."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import psycopg2.extensions

from bidui.bench.database import database
from bidui.bench.meter import measured

NIGHT = dt.date(2026, 10, 16)
FINDINGS_OF_A_VILLAGE = 86  # 100,000 findings in 1,164 villages
VILLAGES_OF_A_TOWN = 12

# The columns that a worklist reads, as the finding and summary layers make them.
MARTS = """
create table mart_finding.finding (
    finding_id text, rule_id text, rule_version text, severity text, subject_kind text, subject_key text, object_key text,
    household_key text, household_no text, county_code text, town_code text, village_code text, evidence jsonb,
    value_hash text, state text, is_baseline boolean, cause_finding_id text, first_seen date, opened_on date,
    from_night date, to_night date
);
create table mart_summary.person (person_key text, person_name text, id_no text, from_night date, to_night date);
create table mart_summary.household (
    household_key text, household_no text, head_name text, head_id_no text, from_night date, to_night date
);
"""

# Two findings a person, the second follows from the first; two persons a household.
FILL = """
insert into reference.rule (rule_id, rule_version, digest, definition, title_zh, title_en, family, grain, severity,
    departments, owner, remedy, source, source_type)
select 'BENCH-' || n, '1', 'd', jsonb_build_object('remedy', jsonb_build_object(
    'zh', '核实参保情况：确未参保的动员参保；在外地参保、参军、服刑、出国等登记原因并附证明。', 'en', 'Verify, then enrol.')),
    '应保未保（未参加基本医保）', 'Registered person without basic medical insurance', 'bench', 'person', 'high',
    '{registry,health_insurance}', 'health_insurance', '核实 · verify', 's', 'seed'
from generate_series(0, 1) as n;
insert into ledger.batch (department, extract, as_of, data_date, received_at, source_name, sha256, contract_version,
    rows_read, rows_landed, rows_accepted, status)
select 'registry', extract, %(night)s, %(night)s, %(night)s, '2026年10月' || extract || '.xlsx', extract, '1', 1, 1, 1, 'accepted'
from unnest(array['registry_person', 'hi_roll']) as extract;
insert into mart_finding.finding
select
    md5('f' || n), 'BENCH-' || n %% 2, '1', (array['critical', 'high', 'error', 'warn'])[1 + n %% 4], 'person', 'P' || n / 2, '',
    'H' || n / 4, 'H' || lpad((n / 4)::text, 10, '0'), '990101000000',
    '990101' || lpad((n / %(of_village)s / %(villages)s)::text, 3, '0') || '000',
    '990101' || lpad((n / %(of_village)s / %(villages)s)::text, 3, '0')
    || lpad((n / %(of_village)s %% %(villages)s)::text, 3, '0'),
    jsonb_build_object(
        'values', jsonb_build_object(
            'registry', jsonb_build_object('age', n %% 90, 'has_resident_insurance', true, 'has_employee_insurance', false),
            'hi_roll', jsonb_build_object('status', '暂停参保', 'insurance_kind', '城乡居民基本医疗保险')),
        'rows', jsonb_build_object(
            'registry', jsonb_build_object('batch_id', 1, 'row_no', n), 'hi_roll', jsonb_build_object('batch_id', 2, 'row_no', n))),
    md5('v' || n), 'open', false, case when n %% 2 = 1 then md5('f' || n - 1) end, %(night)s, %(night)s, %(night)s, 'infinity'
from generate_series(0, %(findings)s - 1) as n;
insert into mart_summary.person
select 'P' || n, '王小' || chr(20000 + n %% 5000), '99010119900101' || lpad((n %% 10000)::text, 4, '0'), %(night)s, 'infinity'
from generate_series(0, %(findings)s / 2) as n;
insert into mart_summary.household
select 'H' || n, 'H' || lpad(n::text, 10, '0'), '王大' || chr(20000 + n %% 5000), null, %(night)s, 'infinity'
from generate_series(0, %(findings)s / 4) as n;
update ledger.published_night set as_of = %(night)s;
analyze mart_finding.finding, mart_summary.person, mart_summary.household;
"""


def run(findings: int) -> dict[str, Any]:
    """Write the worklists of that many findings from a database of its own; return seconds (also of CPU), files, peak memory in MB."""
    from bidui import worklist
    from bidui.contract import load_sources
    from bidui.warehouse.connection import transaction
    from bidui.warehouse.migrate import migrate, refresh_outward

    with database(f"bench_worklists_{findings}"), tempfile.TemporaryDirectory() as folder:
        migrate()
        refresh_outward()
        with transaction() as connection:
            fill(connection, findings)
        with measured("worklists") as measure, transaction() as connection:
            cycle = worklist.write_cycle(connection, load_sources(), NIGHT, Path(folder), by="bench")
        megabytes = sum(file.stat().st_size for file in cycle.folder.rglob("*")) / 2**20
    return {
        "findings": cycle.findings,
        "files": cycle.files,
        "seconds": round(measure.seconds, 1),
        "cpu_seconds": round(measure.cpu_seconds, 1),
        "peak_mb": round(measure.peak_mb),
        "written_mb": round(megabytes, 1),
    }


def fill(connection: psycopg2.extensions.connection, findings: int) -> None:
    """Make the marts that a worklist reads and fill them; commits nothing."""
    with connection.cursor() as cursor:
        cursor.execute(MARTS)
        cursor.execute(
            FILL,
            {"night": NIGHT, "findings": findings, "of_village": FINDINGS_OF_A_VILLAGE, "villages": VILLAGES_OF_A_TOWN},
        )
