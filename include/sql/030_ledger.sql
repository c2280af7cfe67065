-- The ledger: what came in, what was checked, what was decided, how each night went.
-- Every value here is free of personal data, except quarantined row numbers, which point at rows but hold none.

create table if not exists ledger.batch (
    batch_id bigint generated always as identity primary key,
    department text not null,
    extract text not null,
    as_of date not null,
    delivery_no bigint,
    data_date date,
    received_at timestamptz not null,
    source_name text not null,
    sha256 text not null,
    contract_version text not null,
    rows_read bigint not null default 0,
    rows_skipped bigint not null default 0,
    rows_landed bigint not null default 0,
    rows_accepted bigint not null default 0,
    rows_quarantined bigint not null default 0,
    control_totals jsonb not null default '{}',
    header_report jsonb not null default '{}',
    problems jsonb not null default '[]',
    status text not null check (status in ('landed', 'accepted', 'held', 'duplicate', 'superseded', 'withdrawn')),
    reason text,
    decided_by text,
    decided_at timestamptz,
    check (rows_read = rows_skipped + rows_landed),
    check (status in ('landed', 'held', 'duplicate') or rows_landed = rows_accepted + rows_quarantined)
);
-- the batch of the correction that replaced it
alter table ledger.batch add column if not exists superseded_by bigint;
create index if not exists batch_extract_idx on ledger.batch (extract, data_date desc, batch_id desc);
create index if not exists batch_sha256_idx on ledger.batch (extract, sha256);

-- The batches that a night knows and may compare: accepted, of a date that has come. One that gave way to a correction
-- counts for the nights before the correction came.
create or replace function ledger.batch_known(night date) returns setof ledger.batch
language sql stable
as $$
    select b.*
    from ledger.batch as b
    where b.as_of <= night and b.data_date <= night
        and (
            b.status = 'accepted'
            or b.status = 'superseded' and exists (
                select from ledger.batch as correction
                where correction.batch_id = b.superseded_by and correction.as_of > night
            )
        )
$$;
comment on function ledger.batch_known is '某夜可用的批次 · batches that a night knows and may compare';

-- The newest list of each extract as things stand now. All its parts share one data date; a correction has replaced what
-- it corrects.
create or replace view ledger.list_in_force as
select distinct on (extract)
    department,
    extract,
    data_date,
    array_agg(batch_id order by batch_id) as batch_ids,
    string_agg(source_name, '、' order by batch_id) as files,
    sum(rows_accepted)::bigint as rows_accepted
from ledger.batch_known('infinity')
group by department, extract, data_date
order by extract asc, data_date desc;
comment on column ledger.list_in_force.batch_ids is
'名单各部分的批次 · the batches of its parts';
comment on column ledger.list_in_force.files is
'报送文件名 · the files that brought it, as their sender named them';
comment on column ledger.list_in_force.rows_accepted is
'接受行数 · rows accepted';
comment on view ledger.list_in_force is
'现在生效的名单，每个数据项一行 · the list in force of each extract, one row per extract; rows_accepted in rows';

create table if not exists ledger.batch_decision (
    decision_id bigint generated always as identity primary key,
    batch_id bigint not null references ledger.batch,
    action text not null check (action in ('accept', 'hold', 'supersede', 'release', 'withdraw')),
    decided_by text not null,
    reason text not null,
    decided_at timestamptz not null default now()
);

create table if not exists ledger.validation (
    batch_id bigint not null references ledger.batch,
    expectation text not null,
    column_name text,
    severity text not null check (severity in ('critical', 'warning', 'info')),
    success boolean not null,
    element_count bigint,
    unexpected_count bigint,
    primary key (batch_id, expectation)
);

create table if not exists ledger.quarantined_row (
    batch_id bigint not null references ledger.batch,
    row_no bigint not null,
    expectation text not null,
    column_name text,
    reason text not null,
    severity text not null default 'critical',
    primary key (batch_id, row_no, expectation)
);

create table if not exists ledger.run (
    run_id bigint generated always as identity primary key,
    as_of date not null,
    kind text not null check (kind in ('night', 'replay', 'rebuild')),
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    status text not null check (status in ('running', 'reconciled', 'published', 'failed', 'superseded')),
    reason text,
    inputs jsonb not null default '{}',
    previous_fingerprint text,
    fingerprint text
);
create index if not exists run_as_of_idx on ledger.run (as_of, run_id desc);

create table if not exists ledger.night_batch (
    as_of date not null,
    department text not null,
    extract text not null,
    batch_id bigint not null references ledger.batch,
    data_date date not null,
    list_month date not null,
    is_current boolean not null,
    is_stale boolean not null,
    primary key (as_of, extract, batch_id)
);

create table if not exists ledger.published_night (
    only_row boolean primary key default true check (only_row),
    as_of date,
    run_id bigint references ledger.run,
    published_at timestamptz
);
insert into ledger.published_night (only_row) values (true) on conflict do nothing;

-- Nights that are computed, or computed and not yet published. One that was overtaken by a published night is over.
create or replace view ledger.night_under_way as
select
    as_of,
    status
from ledger.run
where
    kind = 'night'
    and status in ('running', 'reconciled')
    and as_of >= coalesce((select p.as_of from ledger.published_night as p), as_of);
comment on view ledger.night_under_way is
'正在比对或待发布的日期 · nights that are being computed or wait to be published';

-- What people answer holds free text; readers come in through the view ledger.outcome (039_outcome.sql).
do $$
begin
    if exists (select from pg_class where oid = to_regclass('ledger.outcome') and relkind = 'r') then
        drop policy if exists all_rows on ledger.outcome;
        drop policy if exists granted_counties on ledger.outcome;
        alter table ledger.outcome disable row level security;
        revoke all on ledger.outcome from bidui_engineer, bidui_auditor;
        alter table ledger.outcome rename to answer;
    end if;
end
$$;

create table if not exists ledger.answer (
    outcome_id bigint generated always as identity primary key,
    finding_id text not null,
    verdict text not null check (verdict in ('confirmed', 'false_positive', 'exempt', 'unclear')),
    wrong_side text check (wrong_side in ('registry', 'department', 'both', 'neither')),
    reason text,
    field_check text,
    answered_by text not null,
    answered_on date not null,
    valid_until date,
    value_hash text,
    recorded_at timestamptz not null default now(),
    -- Nothing adverse without verification: a confirmation names its field check.
    constraint confirmed_needs_field_check check (verdict <> 'confirmed' or nullif(btrim(field_check), '') is not null),
    constraint exempt_needs_reason_and_expiry
    check (verdict <> 'exempt' or (reason is not null and valid_until is not null))
);

create table if not exists ledger.reference_load (
    load_id bigint generated always as identity primary key,
    loaded_at timestamptz not null default now(),
    loaded_by text not null,
    files jsonb not null,
    digest text not null
);
