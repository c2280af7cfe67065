-- What a worklist is made of: the findings that wait for an answer, with whom and where, in the clear.
-- For the platform alone: it writes to folders that only its own user reads, and records each export.

-- The marts come with the first night; until then the function is there and cannot be called.
set local check_function_bodies = off;

create or replace function ledger.worklist(night date, with_baseline boolean)
returns table (
    county_code text,
    town_code text,
    village_code text,
    household text,
    household_no text,
    head_name text,
    person_name text,
    id_no text,
    finding_id text,
    value_hash text,
    cause_finding_id text,
    rule_id text,
    rule_version text,
    severity text,
    object_key text,
    evidence jsonb,
    first_seen date,
    is_baseline boolean
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select
        f.county_code,
        f.town_code,
        f.village_code,
        -- Who is worked on together: the household, or somebody whom the registry does not know.
        coalesce(f.household_key, 'x' || f.subject_key) as household,
        coalesce(h.household_no, f.household_no) as household_no,
        h.head_name,
        coalesce(p.person_name, case when f.subject_kind = 'household' then h.head_name end) as person_name,
        coalesce(p.id_no, case when f.subject_kind = 'household' then h.head_id_no end) as id_no,
        f.finding_id,
        f.value_hash,
        f.cause_finding_id,
        f.rule_id,
        f.rule_version,
        f.severity,
        f.object_key,
        f.evidence,
        f.first_seen,
        f.is_baseline
    from mart_finding.finding as f
    left join mart_summary.person as p
        on
            f.subject_kind = 'person'
            and p.person_key = f.subject_key
            and p.from_night <= night
            and night < p.to_night
    left join mart_summary.household as h
        on h.household_key = f.household_key and h.from_night <= night and night < h.to_night
    where
        f.from_night <= night
        and night < f.to_night
        and f.state = 'open'
        and (with_baseline or not f.is_baseline)
    order by
        f.county_code nulls last,
        f.town_code nulls last,
        f.village_code nulls last,
        household,
        array_position(array['critical', 'high', 'error', 'warn', 'info'], f.severity),
        f.rule_id,
        f.finding_id
$$;
revoke all on function ledger.worklist from public;
comment on function ledger.worklist is
'一夜待核实的疑点（未脱敏），供下发清单 · findings of a night that wait for an answer, unmasked, for worklists';
