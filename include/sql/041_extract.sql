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
comment on table reference.extract is
'数据源清单及时效约定 · extracts of the contracts, how often they come and how long they stay usable';
