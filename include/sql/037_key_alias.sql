-- What people have decided about registry numbers: whose key for life a number belongs to. Append-only; the last counts.
create table if not exists ledger.key_alias (
    alias_id bigint generated always as identity primary key,
    kind text not null check (kind in ('person', 'household')),
    number_key text not null check (number_key <> ''),
    life_key text not null check (life_key <> ''),
    decided_by text not null check (btrim(decided_by) <> ''),
    reason text not null check (btrim(reason) <> ''),
    decided_at timestamptz not null default now()
);
comment on table ledger.key_alias is
'编号认定：某编号归属哪个终身键，人工决定 · decisions about registry numbers: the key for life that a number belongs to';
comment on column ledger.key_alias.number_key is '现用编号（规范化） · the number borne now, normalised';
comment on column ledger.key_alias.life_key is
'终身键；与编号相同即该编号自成一人（户） · key for life; the number itself: it is nobody else''s';

create or replace trigger key_alias_is_append_only
before update or delete on ledger.key_alias
for each row execute function ledger.refuse_change();
