{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#-
    Who is paid what in which month by the lists of dibao and tekun, current and earlier. A dibao payment covers a household:
    each person covered has a row, and one of them stands for the payment where it is added up (is_first_of_row).
-#}
with dibao_row as (

    select * from {{ in_force_history('stg_civil_affairs__dibao') }} as s

),

tekun_row as (

    select * from {{ in_force_history('stg_civil_affairs__tekun') }} as s

),

tekun_month as (

    select * from {{ ref('int_fact__tekun_month') }}

),

months_of_tekun as (

    select distinct list_month as month from {{ source('ledger', 'batch_tonight') }} where extract = 'tekun'

),

paid as (

    select
        c.person_key,
        'dibao' as benefit,
        c.month,
        c.batch_id,
        c.row_no,
        c.link_tier,
        c.is_current,
        c.is_payee,
        s.dibao_no,
        s.dibao_kind,
        s.dibao_tier,
        s.dibao_persons,
        m.listed_members,
        s.household_size as stated_household_size,
        s.monthly_amount,
        s.supplement_amount,
        s.monthly_amount / nullif(s.dibao_persons, 0) as amount_per_person,
        s.valid_from,
        s.valid_to,
        s.main_cause,
        null::text as support_mode,
        null::text as care_ability,
        null::text as institution,
        case when k.month is not null then t.person_key is not null end as is_tekun_same_month
    from {{ ref('int_fact__dibao_payment') }} as c
    inner join dibao_row as s on s.batch_id = c.batch_id and s.row_no = c.row_no
    left join {{ ref('int_fact__dibao_certificate') }} as m on m.dibao_no = s.dibao_no and m.list_month = s.list_month
    left join months_of_tekun as k on k.month = c.month
    left join tekun_month as t on t.person_key = c.person_key and t.month = c.month
    union all
    select
        t.person_key,
        'tekun' as benefit,
        t.month,
        t.batch_id,
        t.row_no,
        t.link_tier,
        t.is_current,
        true as is_payee,
        null as dibao_no,
        null as dibao_kind,
        null as dibao_tier,
        null as dibao_persons,
        null as listed_members,
        null as stated_household_size,
        s.monthly_amount,
        null as supplement_amount,
        s.monthly_amount as amount_per_person,
        null as valid_from,
        null as valid_to,
        null as main_cause,
        s.support_mode,
        s.care_ability,
        s.institution,
        null as is_tekun_same_month
    from tekun_month as t
    inner join tekun_row as s on s.batch_id = t.batch_id and s.row_no = t.row_no

),

-- Households as they are called and lie tonight; of one that everybody has left, the registry's household row says so.
household as (

    select distinct on (household_key)
        household_key,
        household_no,
        county_code,
        town_code,
        village_code
    from (
        select household_key, household_no, county_code, town_code, village_code, person_key
        from {{ ref('int_identity__registry_person') }}
        union all
        select household_key, household_no, county_code, town_code, village_code, null as person_key
        from {{ ref('int_fact__registry_household') }}
    ) as registered
    order by household_key, person_key nulls last

),

final as (

    select
        p.person_key,
        r.person_no,
        h.household_key,
        h.household_no,
        p.month,
        p.benefit,
        p.batch_id,
        p.row_no,
        p.link_tier,
        p.is_current,
        p.is_payee,
        row_number() over (partition by p.batch_id, p.row_no, p.month order by p.is_payee desc, p.person_key) = 1
            as is_first_of_row,
        h.county_code,
        h.town_code,
        h.village_code,
        p.dibao_no,
        p.dibao_kind,
        p.dibao_tier,
        p.dibao_persons,
        p.listed_members,
        p.stated_household_size,
        p.monthly_amount,
        p.supplement_amount,
        round(p.amount_per_person, 2) as amount_per_person,
        p.valid_from,
        p.valid_to,
        p.main_cause,
        p.support_mode,
        p.care_ability,
        p.institution,
        p.is_tekun_same_month,
        death.death__died_on as died_on,
        (
            (extract(year from p.month) - extract(year from death.death__died_on)) * 12
            + extract(month from p.month) - extract(month from death.death__died_on)
        )::int as months_after_death,
        m.marriage__spouse_person_key as spouse_person_key,
        r.says_dibao,
        r.says_tekun,
        r.known_birth_date,
        r.is_disabled,
        coalesce(c.disability__disability_grade, c.disability__number_grade, r.disability_no_grade) as disability_grade,
        r.household_other_labour_members,
        r.is_without_labour,
        r.income_per_capita
    from paid as p
    inner join {{ ref('int_fact__registry') }} as r on r.person_key = p.person_key
    left join {{ ref('int_fact__payment_household') }} as then_in
        on then_in.person_key = p.person_key and then_in.month = p.month
    -- The household then may itself have left the registry: no payment is lost with it.
    left join household as was on was.household_key = then_in.household_key
    inner join household as h on h.household_key = coalesce(was.household_key, r.household_key)
    inner join {{ ref('int_fact__death') }} as death on death.person_key = p.person_key
    inner join {{ ref('int_fact__marriage') }} as m on m.person_key = p.person_key
    inner join {{ ref('int_fact__civil_affairs') }} as c on c.person_key = p.person_key

)

select * from final
