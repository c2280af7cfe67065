-- What makes digests of personal values useless to whoever sees them: a value drawn once for this warehouse, read by
-- nobody but its owner. Without it a digest could be tried against every possible ID number in minutes (the masked
-- number shows six digits, the birth date gives eight).
create table if not exists ledger.hash_key (
    only_row boolean primary key default true check (only_row),
    hash_key text not null default replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
);
insert into ledger.hash_key (only_row) values (true) on conflict do nothing;
comment on table ledger.hash_key is
'摘要密钥：随机一次生成，随库备份，不对外 · key of digests, drawn once; part of every backup, read by the owner alone';
