-- Schemas. Private ones give USAGE to nobody; people and tools come in through audit, published and analyst.
create schema if not exists raw;
create schema if not exists staging;
create schema if not exists reference;
create schema if not exists parse;
create schema if not exists ledger;
create schema if not exists mart_identity;
create schema if not exists mart_comparison;
create schema if not exists mart_finding;
create schema if not exists mart_summary;
create schema if not exists audit;
create schema if not exists published;
create schema if not exists analyst;

comment on schema raw is '原始数据：按批次原样保存 · extracts as delivered, one partition per batch, never changed';
comment on schema staging is '规范化数据 · typed and normalised rows, one partition per batch';
comment on schema reference is '参照数据：区划、代码表、参数、规则 · divisions, code lists, parameters, rules';
comment on schema parse is '解析函数，遇错返回空值 · parsing functions that never raise';
comment on schema ledger is '台账：批次、校验、运行 · batches, validation results, runs';
comment on schema mart_identity is '内部：人员关联 · private: who is who';
comment on schema mart_comparison is '内部：比对 · private: facts and comparisons';
comment on schema mart_finding is '内部：疑点 · private: findings';
comment on schema mart_summary is '内部：汇总 · private: aggregates';
comment on schema audit is '审计视图：可识别到人，按县授权 · identified rows with county row rights';
comment on schema published is '公开视图：汇总数据，小数抑制 · aggregates, small cells suppressed';
comment on schema analyst is '分析视图：假名 · pseudonymous rows for the analyst role';

create extension if not exists fuzzystrmatch;
