-- Rules: every version that was ever loaded, and what ran on each night with which parameters.

create table if not exists reference.rule (
    rule_id text not null,
    rule_version text not null,
    digest text not null,
    definition jsonb not null,
    title_zh text not null,
    title_en text not null,
    family text not null,
    grain text not null,
    severity text not null check (severity in ('critical', 'high', 'error', 'warn', 'info')),
    departments text[] not null,
    owner text not null,
    parameters jsonb not null default '{}',
    remedy text not null,
    source text not null,
    source_type text not null,
    active_from date,
    active_to date,
    primary key (rule_id, rule_version)
);
comment on table reference.rule is
'规则目录：每个版本一行 · the rule catalogue: one row per rule version';
comment on column reference.rule.digest is
'定义内容的摘要（不含示例） · digest of the definition, examples left out';
comment on column reference.rule.parameters is
'参数的声明（类型、单位、说明）；当夜取值见 ledger.night_rule · declared parameters; their values of a night are in ledger.night_rule';

-- Replaced each night by what the catalogue says; a rule that is carried later has versions in reference.rule instead.
create table if not exists reference.rule_not_carried (
    rule_id text primary key,
    title_zh text not null,
    title_en text not null,
    reason_zh text not null,
    reason_en text not null
);
comment on table reference.rule_not_carried is
'目录中未实现的规则及原因 · rules of the catalogue that do not run, and why: one row per rule';

create table if not exists ledger.night_rule (
    as_of date not null,
    rule_id text not null,
    -- Position in the night's pass; results name a rule by it, because two bytes per subject add up.
    rule_no smallint not null,
    rule_version text,
    status text not null check (status in ('active', 'inactive', 'refused')),
    grain text,
    subject_kind text,
    subject_sql text,
    object_sql text,
    predicate_sql text,
    evidence_sql text,
    absence_sql text,
    base_extracts text[] not null default '{}',
    severity text,
    departments text[],
    owner_department text,
    cause_rules text[] not null default '{}',
    parameters jsonb not null default '[]',
    file text,
    problem jsonb,
    primary key (as_of, rule_id),
    unique (as_of, rule_no),
    check (status <> 'active' or (rule_version is not null and predicate_sql is not null and evidence_sql is not null)),
    check (status <> 'refused' or problem is not null)
);
alter table ledger.night_rule add column if not exists read_extracts text[] not null default '{}';
comment on column ledger.night_rule.base_extracts is
'缺之则规则不判定的数据源 · extracts without which the rule is silent';
comment on column ledger.night_rule.read_extracts is
'规则读取的数据源 · extracts behind the facts that the rule reads';
comment on table ledger.night_rule is
'当夜各规则的版本、参数取值与编译结果；refused 为被拒规则 · rules of each night: version, parameters, compiled SQL, reason of a refusal';
comment on column ledger.night_rule.parameters is
'当夜有效的参数行 · the parameter rows valid that night, as bound';
comment on column ledger.night_rule.problem is
'拒绝的原因与位置（中英文） · place and reason of a refusal, in both languages';
