-- Figures typed in from work reports, as they were loaded: an audit of a later night reads them again.

create table if not exists ledger.reported_figure_load (
    load_id bigint generated always as identity primary key,
    loaded_at timestamptz not null default now(),
    loaded_by text not null,
    source_name text not null,
    sha256 text not null,
    reports text[] not null,
    figures int not null,
    problems jsonb not null default '[]'
);
comment on table ledger.reported_figure_load is
'填报数的载入记录 · one row per file of typed-in figures that was loaded';

create table if not exists ledger.reported_figure (
    load_id bigint not null references ledger.reported_figure_load,
    row_no int not null,
    report text not null,
    section text not null default '',
    indicator_zh text not null default '',
    indicator text not null,
    period text not null default '',
    unit text not null default '',
    value numeric,
    is_total boolean not null default false,
    parent_indicator text,
    percent_stated numeric,
    division_code text,
    is_readable boolean not null default true,
    primary key (load_id, row_no)
);
comment on table ledger.reported_figure is
'填报数：一行为报告中的一个数字 · one row per figure typed in from a report';
comment on column ledger.reported_figure.row_no is '文件中所见行号 · the row''s number in the file as a person sees it';
comment on column ledger.reported_figure.is_readable is
'数值能否读出；不能读出的行保留，使依赖它的合计不被误判 · false: a number holds text; kept, so that no total is judged without it';
comment on column ledger.reported_figure.division_code is
'报告所述区划（可空） · the division that the report is about, where given';
