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
alter table reference.extract add column if not exists content text not null default 'full';
-- Columns of staging that say which row is which: in a delta, a row that comes again replaces the one before.
alter table reference.extract add column if not exists keys text[] not null default '{}';
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

-- Held batches that somebody still has to decide. A full list is settled by a list taken since that is as new or newer, a
-- part or a delta only by its own correction: nothing else brings its rows.
create or replace view ledger.held_batch as
select
    b.batch_id,
    b.department,
    b.extract,
    b.as_of,
    b.data_date,
    b.source_name,
    b.reason
from ledger.batch as b
left join reference.extract as e on e.extract = b.extract
where
    b.status = 'held'
    and not exists (
        select from ledger.batch as later
        where
            later.extract = b.extract
            and later.status = 'accepted'
            and later.batch_id > b.batch_id
            and (later.data_date = b.data_date or e.content is distinct from 'delta' and later.data_date > b.data_date)
    );
comment on view ledger.held_batch is '待处理的暂存批次 · held batches that still wait for a decision';
