-- Pseudonymous rows. A pseudonym is a random value drawn once and kept; it is no function of the key.

create table if not exists ledger.pseudonym (
    kind text not null check (kind in ('person', 'household')),
    key text not null,
    pseudonym uuid not null default gen_random_uuid(),
    primary key (kind, key)
);
comment on table ledger.pseudonym is '假名：随机一次生成，不由编号推算 · pseudonyms, drawn once, no function of the key';
grant select on ledger.pseudonym to bidui_view_owner;

do $$
begin
    if to_regclass('mart_summary.person') is not null then
        insert into ledger.pseudonym (kind, key)
        select 'person', person_key from mart_summary.person where to_night = 'infinity'
        union
        select 'household', household_key from mart_summary.person where to_night = 'infinity'
        except
        select kind, key from ledger.pseudonym;
    end if;
end
$$;

select ledger.make_outward(
    'analyst',
    'person',
    array['mart_summary.person', 'ledger.pseudonym'],
    $view$
    select
        {night} as as_of,
        person.pseudonym::text as person_pseudonym,
        household.pseudonym::text as household_pseudonym,
        p.county_code::text,
        p.town_code::text,
        p.sex::text,
        (case
            when p.birth_date is null then null
            when extract(year from age({night}, p.birth_date)) < 6 then '0-5'
            when extract(year from age({night}, p.birth_date)) < 16 then '6-15'
            when extract(year from age({night}, p.birth_date)) < 40 then '16-39'
            when extract(year from age({night}, p.birth_date)) < 60 then '40-59'
            when extract(year from age({night}, p.birth_date)) < 80 then '60-79'
            else '80+'
        end)::text as age_band,
        p.household_type::text,
        p.open_findings::int
    from mart_summary.person as p
    inner join ledger.pseudonym as person on person.kind = 'person' and person.key = p.person_key
    inner join ledger.pseudonym as household on household.kind = 'household' and household.key = p.household_key
    where p.from_night <= {night} and {night} < p.to_night
    $view$
);
