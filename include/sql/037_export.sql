-- What left the warehouse in the clear or as an authoritative file, and what came back.

create table if not exists ledger.export (
    export_id bigint generated always as identity primary key,
    kind text not null check (kind in ('worklist', 'table')),
    -- The cycle of worklists, the view that was read, or the finding told.
    name text not null,
    as_of date not null,
    exported_by text not null,
    login text,
    place text not null,
    files int not null,
    rows bigint not null,
    sha256 text,
    is_masked boolean not null,
    exported_at timestamptz not null default now()
);
comment on table ledger.export is
'导出记录：谁在何时把什么导出到何处 · exports: who took what, when and where to';
comment on column ledger.export.is_masked is
'是否已脱敏 · whether names and numbers are masked or absent';

-- A review of links and the story of a finding name people too.
alter table ledger.export drop constraint if exists export_kind_check;
alter table ledger.export add constraint export_kind_check check (kind in ('worklist', 'table', 'review', 'story'));
-- File below the place (or the file itself) → sha256, and when all of them were removed.
alter table ledger.export add column if not exists digests jsonb not null default '{}';
alter table ledger.export add column if not exists removed_on date;

create table if not exists ledger.returned_file (
    returned_id bigint generated always as identity primary key,
    file_name text not null,
    sha256 text not null,
    taken_by text not null,
    rows_answered int not null,
    rows_recorded int not null,
    rows_known int not null,
    rows_refused int not null,
    refused_list text,
    taken_at timestamptz not null default now()
);
comment on table ledger.returned_file is
'收回的核实清单，一行一次接收 · returned worklists, one row per file taken in';
