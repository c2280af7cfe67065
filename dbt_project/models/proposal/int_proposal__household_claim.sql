{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'subject_key'}) }}
{#-
    What members' lists add up to, and the word that the registry itself uses most for a kind of household: type lists
    have generations, and a proposal should read like its neighbours.
-#}
with paid as (

    select
        household_key,
        sum(monthly_amount + coalesce(supplement_amount, 0)) as amount
    from {{ ref('int_fact__dibao_month') }}
    where is_first_of_row and month > {{ as_of() }} - interval '12 months' and month <= {{ as_of() }}
    group by 1

),

member as (

    select
        household_key,
        min(dibao__link_tier) filter (where dibao__is_covered) as dibao_tier,
        min(tekun__link_tier) filter (where tekun__is_listed) as tekun_tier,
        sum(disability__living_subsidy + disability__nursing_subsidy) as disability_payments,
        (count(*) filter (
            where is_living
            and (hi_chronic__has_certificate or hi_settlement__inpatient_settlements > 0 or is_seriously_ill)
        ))::int as ill_on_lists,
        bool_and(hi_chronic__state is null and hi_settlement__state is null and enrolled__state is null)
            as is_cause_known
    from {{ ref('int_fact__person') }}
    group by 1

),

{%- set labour_share = parameter('REG-10', 'labour_share') %}

listed as (

    select
        f.household_key,
        m.dibao_tier,
        m.tekun_tier,
        m.ill_on_lists,
        coalesce(p.amount, 0) + coalesce(m.disability_payments, 0) as civil_paid,
        f.labour_members <= {{ labour_share }} * f.members as is_short_of_labour,
        m.is_cause_known
        and f.disability__listed_members is not null
        and f.health_unknown_members = 0
        and f.recently_dead_ill_members = 0
        and case f.cause_1
            when '因病' then f.ill_members = 0 and m.ill_on_lists = 0
            when '因残' then f.disabled_members = 0 and f.disability__listed_members = 0
            when '因学' then f.student_members = 0 and f.school__enrolled_members = 0
            when '缺劳动力' then f.labour_unknown_members = 0 and f.labour_members > {{ labour_share }} * f.members
        end as is_cause_unsupported
    from {{ ref('int_fact__household') }} as f
    inner join member as m on f.household_key = m.household_key
    left join paid as p on f.household_key = p.household_key

),

usual_word as (

    select
        registry_kind,
        exit_attribute,
        (array_agg(household_type order by households desc, household_type asc))[1] as usual_type
    from (
        select
            registry_kind,
            case when registry_kind = '其他' then coalesce(exit_attribute, '') end as exit_attribute,
            household_type,
            count(*) as households
        from {{ ref('int_fact__household') }}
        where registry_kind is not null
        group by 1, 2, 3
    ) as used
    group by 1, 2

),

-- The registry's own word where the kind is the same, else the usual one.
word as (

    select
        f.household_key,
        case
            when f.registry_kind = f.derived_kind then f.household_type
            else coalesce(u.usual_type, case f.derived_kind when '特困' then '五保户' when '低保' then '低保户' end)
        end as usual_type
    from {{ ref('int_fact__household') }} as f
    left join usual_word as u
        on
            f.derived_kind = u.registry_kind
            and (f.derived_kind <> '其他' or u.exit_attribute = coalesce(f.exit_attribute, ''))

)

{{ claim_rows(
    'household',
    household_claims(),
    joins='inner join listed as m on m.household_key = f.household_key inner join word as w on w.household_key = f.household_key',
    scope='f.has_household_row',
) }}
