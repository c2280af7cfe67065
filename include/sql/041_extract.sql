-- The extracts of the contracts with their terms, for what readers are told about freshness. Filled when the warehouse
-- is prepared (`bidui.warehouse.outward.load_extracts`).
create table if not exists reference.extract (
    extract text primary key,
    department text not null,
    title_zh text not null,
    title_en text not null,
    cadence text not null,
    max_age_days int not null
);
alter table reference.extract add column if not exists arrives_within_days int not null default 0;
comment on table reference.extract is
'数据源清单及时效约定 · extracts of the contracts, how often they come and how long they stay usable';

-- The columns of the contracts in their order: what a delivered row is called in the sender's file, and what names a person.
create table if not exists reference.extract_column (
    extract text not null references reference.extract on delete cascade,
    column_name text not null,
    position int not null,
    header text not null,
    data_type text not null,
    is_personal boolean not null,
    primary key (extract, column_name)
);
comment on table reference.extract_column is
'数据源的列：表头、类型、是否个人信息 · columns of the contracts: header, type, whether personal';

create table if not exists reference.department (
    department text primary key,
    title_zh text not null,
    title_en text not null
);
comment on table reference.department is '报送部门 · departments of the contracts';
