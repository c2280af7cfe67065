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

-- Nobody may be the only one of a kind: where what is told of a person fits fewer than AGG-05 min_cell people, it is left
-- out, household type first, then age, sex, town. A kind goes when it is small, and when the smaller ones before it are
-- together still small: else the one row without it would be known by what it lacks. Who is told less is told without the
-- household, because the household's other rows would tell it.
select ledger.make_outward(
    'analyst',
    'person',
    array['mart_summary.person', 'ledger.pseudonym', 'reference.parameter_now'],
    $view$
    with least as (
        select coalesce(max(p.value)::int, 5) as persons
        from reference.parameter_now as p
        where
            p.rule_id = 'AGG-05' and p.parameter = 'min_cell' and p.value ~ '^[0-9]{1,4}$'
            and p.valid_from <= {night} and {night} < p.valid_to
    ),

    person as (
        select
            p.person_key,
            p.household_key,
            p.open_findings,
            coalesce(p.county_code, '') as county_code,
            coalesce(p.town_code, '') as town_code,
            coalesce(p.sex, '') as sex,
            case
                when p.birth_date is null then ''
                when extract(year from age({night}, p.birth_date)) < 6 then '0-5'
                when extract(year from age({night}, p.birth_date)) < 16 then '6-15'
                when extract(year from age({night}, p.birth_date)) < 40 then '16-39'
                when extract(year from age({night}, p.birth_date)) < 60 then '40-59'
                when extract(year from age({night}, p.birth_date)) < 80 then '60-79'
                else '80+'
            end as age_band,
            coalesce(p.household_type, '') as household_type
        from mart_summary.person as p
        where p.from_night <= {night} and {night} < p.to_night
    ),

    kind as (
        select county_code, town_code, sex, age_band, household_type, count(*) as persons
        from person
        group by county_code, town_code, sex, age_band, household_type
    ),

    -- People of each kind, one word less at a time.
    summed as (
        select
            *,
            sum(persons) over (partition by county_code, town_code, sex, age_band) as of_age,
            sum(persons) over (partition by county_code, town_code, sex) as of_sex,
            sum(persons) over (partition by county_code, town_code) as of_town
        from kind
    ),

    -- Those in kinds before it, from the least up; kinds of one word stand together.
    ranked as (
        select
            *,
            sum(persons) over (
                partition by county_code, town_code, sex, age_band order by persons, household_type
            ) - persons as below_type,
            sum(persons) over (partition by county_code, town_code, sex order by of_age, age_band) - of_age as below_age,
            sum(persons) over (partition by county_code, town_code order by of_sex, sex) - of_sex as below_sex,
            sum(persons) over (partition by county_code order by of_town, town_code) - of_town as below_town
        from summed
    ),

    told as (
        select
            r.county_code,
            r.town_code,
            r.sex,
            r.age_band,
            r.household_type,
            town.told as town_told,
            town.told and sex.told as sex_told,
            town.told and sex.told and age.told as age_told,
            town.told and sex.told and age.told
            and r.persons >= least.persons and r.below_type not between 1 and least.persons - 1 as type_told
        from ranked as r
        cross join least
        cross join lateral (
            select r.of_town >= least.persons and r.below_town not between 1 and least.persons - 1 as told
        ) as town
        cross join lateral (
            select r.of_sex >= least.persons and r.below_sex not between 1 and least.persons - 1 as told
        ) as sex
        cross join lateral (
            select r.of_age >= least.persons and r.below_age not between 1 and least.persons - 1 as told
        ) as age
    )

    select
        {night} as as_of,
        person_name.pseudonym::text as person_pseudonym,
        case when t.type_told then household_name.pseudonym::text end as household_pseudonym,
        nullif(p.county_code, '')::text as county_code,
        case when t.town_told then nullif(p.town_code, '') end::text as town_code,
        case when t.sex_told then nullif(p.sex, '') end::text as sex,
        case when t.age_told then nullif(p.age_band, '') end::text as age_band,
        case when t.type_told then nullif(p.household_type, '') end::text as household_type,
        p.open_findings::int
    from person as p
    inner join told as t
        on
            p.county_code = t.county_code
            and p.town_code = t.town_code
            and p.sex = t.sex
            and p.age_band = t.age_band
            and p.household_type = t.household_type
    inner join ledger.pseudonym as person_name on person_name.kind = 'person' and person_name.key = p.person_key
    inner join ledger.pseudonym as household_name
        on household_name.kind = 'household' and household_name.key = p.household_key
    $view$
);
