{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}, indexes=[{'columns': ['person_key'], 'unique': true}]) }}
{#- Dibao, tekun and disability lists of the month in force, per registry person. -#}
with evidence as (

    select * from {{ ref('int_fact__evidence') }}

),

month as (

    select
        max(month) filter (where extract = 'dibao' and state is null) as dibao,
        max(month) filter (where extract = 'tekun' and state is null) as tekun,
        max(month) filter (where extract = 'disability' and state is null) as disability
    from {{ ref('int_fact__period') }}

),

coverage as (

    select
        e.person_key,
        c.person_key is not null as is_covered_row,
        case
            when e.dibao in ('no_batch', 'stale_batch') then e.dibao
            when c.person_key is not null then null
            when m.person_key is not null and not coalesce(m.is_covered, true) then null
            when m.person_key is not null then m.payment_state
            else coalesce(e.dibao_member, e.dibao)
        end as dibao
    from evidence as e
    left join {{ ref('int_list__dibao') }} as c on c.person_key = e.person_key
    left join {{ ref('int_list__dibao_member') }} as m on m.person_key = e.person_key

),

-- The newest month of which both lists are kept, and who is on both then.
common_month as (

    select max(d.month) as month
    from (select distinct month from {{ ref('int_fact__dibao_payment') }}) as d
    inner join (select distinct month from {{ ref('int_fact__tekun_month') }}) as t on t.month = d.month

),

on_both as (

    select distinct d.person_key
    from {{ ref('int_fact__dibao_payment') }} as d
    inner join {{ ref('int_fact__tekun_month') }} as t on t.person_key = d.person_key and t.month = d.month
    inner join common_month on common_month.month = d.month

),

final as (

    select
        e.person_key,

        {{ lineage('dibao', 'v', 'c') }},
        {{ said('dibao', 'v', 'p.person_name', 'person_name') }},
        {{ said('dibao', 'v', 'p.link_name_grade', 'name_grade') }},
        month.dibao as dibao__month,
        {{ fact('v.dibao', 'v.is_covered_row', 'false') }} as dibao__is_covered,
        {{ fact('v.dibao', 'p.person_key is not null', 'false') }} as dibao__is_payee,
        {{ said('dibao', 'v', 'c.dibao_no', 'dibao_no') }},
        {{ said('dibao', 'v', 'c.dibao_kind', 'dibao_kind') }},
        {{ said('dibao', 'v', 'c.dibao_tier', 'dibao_tier') }},
        {{ said('dibao', 'v', 'c.dibao_persons', 'dibao_persons') }},
        {{ said('dibao', 'v', 'c.listed_members', 'listed_members') }},
        {{ said('dibao', 'v', 'c.household_size', 'household_size') }},
        {{ said('dibao', 'v', 'c.monthly_amount', 'monthly_amount') }},
        {{ said('dibao', 'v', 'c.valid_from', 'valid_from') }},
        {{ said('dibao', 'v', 'c.valid_to', 'valid_to') }},
        w.month as hi_subsidy_target__due_month,
        -- an approval speaks for months whose list is not kept
        case when c.valid_from <= w.month then true else w.dibao end as dibao__was_covered,

        {{ lineage('dibao_member', 'e', 'm') }},
        {{ name_on_row('dibao_member', 'e', 'm') }},
        {{ fact('e.dibao_member', 'm.person_key is not null', 'false') }} as dibao_member__is_listed,
        case when e.dibao_member is null and m.person_key is not null then coalesce(m.is_covered, true) end
            as dibao_member__is_covered,

        {{ lineage('tekun', 'e', 't') }},
        {{ name_on_row('tekun', 'e', 't') }},
        month.tekun as tekun__month,
        {{ fact('e.tekun', 't.person_key is not null', 'false') }} as tekun__is_listed,
        {{ said('tekun', 'e', 't.support_mode', 'support_mode') }},
        {{ said('tekun', 'e', 't.care_ability', 'care_ability') }},
        {{ said('tekun', 'e', 't.monthly_amount', 'monthly_amount') }},
        {{ said('tekun', 'e', 't.institution', 'institution') }},
        w.tekun as tekun__was_listed,

        common_month.month as dibao_and_tekun__month,
        case
            when v.dibao in ('no_batch', 'stale_batch') or e.tekun in ('no_batch', 'stale_batch') then null
            when b.person_key is not null then true
            when v.dibao is null and not v.is_covered_row and month.dibao = common_month.month then false
            when e.tekun is null and t.person_key is null and month.tekun = common_month.month then false
            when
                v.dibao is null and e.tekun is null
                and month.dibao = common_month.month and month.tekun = common_month.month
                then false
        end as dibao_and_tekun__is_both,

        {{ lineage('disability', 'e', 'd') }},
        {{ name_on_row('disability', 'e', 'd') }},
        month.disability as disability__month,
        {{ fact('e.disability', 'd.person_key is not null', 'false') }} as disability__is_listed,
        {{ said('disability', 'e', 'd.disability_no', 'disability_no') }},
        {{ said('disability', 'e', 'd.disability_category', 'disability_category') }},
        {{ said('disability', 'e', 'd.disability_grade', 'disability_grade') }},
        {{ said('disability', 'e', 'd.number_grade', 'number_grade') }},
        {{ said('disability', 'e', 'd.number_category', 'number_category') }},
        {{ fact_of_all_rows('e.disability', 'd.living_of_person', '0') }} as disability__living_subsidy,
        {{ fact_of_all_rows('e.disability', 'd.nursing_of_person', '0') }} as disability__nursing_subsidy
    from evidence as e
    inner join coverage as v on v.person_key = e.person_key
    cross join month
    cross join common_month
    left join {{ ref('int_list__dibao') }} as c on c.person_key = e.person_key
    left join {{ ref('int_list__dibao_payee') }} as p on p.person_key = e.person_key
    left join {{ ref('int_list__dibao_member') }} as m on m.person_key = e.person_key
    left join {{ ref('int_list__tekun') }} as t on t.person_key = e.person_key
    left join {{ ref('int_list__disability') }} as d on d.person_key = e.person_key
    left join {{ ref('int_fact__held_when_due') }} as w on w.person_key = e.person_key
    left join on_both as b on b.person_key = e.person_key

)

select * from final
