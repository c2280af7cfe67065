-- Findings made up for worklists: two a person, the second follows from the first; two persons a household.
-- Read by bidui.bench.worklist. Parameters: night; findings, how many; of_village, findings of a village; villages of a town.
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
