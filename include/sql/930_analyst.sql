-- Pseudonymous rows. A pseudonym is a random value drawn once and kept; it is no function of the key.

create table if not exists ledger.pseudonym (
    kind text not null check (kind in ('person', 'household')),
    key text not null,
    pseudonym uuid not null default gen_random_uuid(),
    primary key (kind, key)
);
comment on table ledger.pseudonym is '假名：随机一次生成，不由编号推算 · pseudonyms, drawn once, no function of the key';
grant select on ledger.pseudonym to bidui_view_owner;

-- Of every night that is kept: a rebuild may put somebody into an earlier one.
do $$
begin
    if to_regclass('mart_summary.person_kind') is not null then
        insert into ledger.pseudonym (kind, key)
        select wanted.kind, wanted.key
        from (
            select 'person' as kind, person_key as key from mart_summary.person_kind
            union
            select 'household', household_key from mart_summary.person_kind where household_key is not null
        ) as wanted
        where not exists (
            select from ledger.pseudonym as drawn where drawn.kind = wanted.kind and drawn.key = wanted.key
        );
    end if;
end
$$;

-- What may be told is decided in the night (mart_summary.person_kind). Left joins: who only counts needs no names drawn.
select ledger.make_outward(
    'analyst',
    'person',
    array['mart_summary.person_kind', 'ledger.pseudonym'],
    $view$
    select
        {night} as as_of,
        person_name.pseudonym::text as person_pseudonym,
        household_name.pseudonym::text as household_pseudonym,
        k.county_code::text,
        k.town_code::text,
        k.sex::text,
        k.age_band::text,
        k.household_type::text,
        k.open_findings::int
    from mart_summary.person_kind as k
    left join ledger.pseudonym as person_name on person_name.kind = 'person' and person_name.key = k.person_key
    left join ledger.pseudonym as household_name
        on household_name.kind = 'household' and household_name.key = k.household_key
    where k.from_night <= {night} and {night} < k.to_night
    $view$
);
