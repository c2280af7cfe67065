{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#-
    As what a person stood in the registry in a month that something is compared in: the premium's payment, a stay, the
    start of a term. Tonight's row does not say: households return to poverty and exit again, people join, marry and move.

    The list of that month decides. Where none is kept, the lists before and after it do, as far as they agree; where only
    a later one is kept, its dates do: since when the person is a member, the year of exit. Monitoring is dated anyway:
    an episode counts from its first to its last month, and the newest row that names an episode says when it ended;
    tonight's row does where the person is still in the household of then. What cannot be told is NULL.
-#}
with asked as (

    select person_key, date_trunc('month', coalesce(hi_roll__paid_on, hi_subsidy_target__paid_on))::date as month
    from {{ ref('int_fact__health_lists') }}
    where coalesce(hi_roll__paid_on, hi_subsidy_target__paid_on) is not null
    union
    select
        s.person_key,
        {{ service_month('s') }} as month
    from {{ linked_rows('stg_health_insurance__hi_settlement') }} as s
    where {{ service_month('s') }} is not null
    union
    select
        p.person_key,
        {{ term_start(school_term()) }} as month
    from {{ ref('int_fact__pupil') }} as p
    {%- for rows in [ref('int_fact__edu_compare_row'), ref('int_fact__yulu_row')] %}
    union
    select
        l.person_key,
        {{ term_start('l.term_key') }} as month
    from {{ rows }} as l
    where l.person_key is not null and l.term_key is not null
    {%- endfor %}

),

tonight as (

    select
        r.*,
        b.list_month
    from {{ ref('int_fact__registry') }} as r
    cross join (
        select max(list_month) as list_month
        from {{ source('ledger', 'batch_tonight') }}
        where extract = 'registry_person' and is_current
    ) as b

),

said as (

    {%- set says = ['household_type', 'exit_attribute', 'exit_year', 'is_poor_registered', 'monitor_category',
        'monitored_from', 'risk_cleared_on', 'household_key'] %}
    select person_key, list_month, {{ says | join(', ') }} from {{ ref('int_fact__registry_before') }}
    union all
    select person_key, list_month, {{ says | join(', ') }} from tonight

),

list as (

    select distinct list_month from said

),

nearest as (

    select
        m.month,
        max(l.list_month) filter (where l.list_month <= m.month) as earlier_month,
        min(l.list_month) filter (where l.list_month > m.month) as later_month
    from (select distinct month from asked) as m
    cross join list as l
    group by 1

),

beside as (

    select
        a.person_key,
        a.month,
        coalesce(n.earlier_month = a.month, false) as has_list_of_month,
        n.earlier_month is not null as has_earlier_list,
        n.later_month is not null as has_later_list,
        t.person_identified_on < a.month + interval '1 month' as is_identified_by_then,
        e.person_key is not null as is_listed_earlier,
        l.person_key is not null as is_listed_later,
        {%- for row, alias in {'earlier': 'e', 'later': 'l'}.items() %}
        {{ alias }}.household_type as {{ row }}_household_type,
        {{ alias }}.is_poor_registered as {{ row }}_is_poor,
        {{ alias }}.exit_attribute in ('返贫', '未脱贫') as {{ row }}_is_returned,
        {{ alias }}.exit_attribute as {{ row }}_exit_attribute,
        {{ alias }}.exit_year as {{ row }}_exit_year,
        {%- endfor %}
        case
            when n.earlier_month = a.month then array[{{ monitored_as('e', 'a.month') }}]
            else array[
                {{ monitored_as('h', 'a.month') }},
                case
                    when l.monitored_from <> coalesce(h.monitored_from, '-infinity')
                        then {{ monitored_as('l', 'a.month') }}
                end,
                case
                    when e.monitored_from <> coalesce(l.monitored_from, h.monitored_from, '-infinity')
                        then {{ monitored_as('e', 'a.month') }}
                end
            ]
        end as monitored_as
    from asked as a
    inner join nearest as n on n.month = a.month
    inner join tonight as t on t.person_key = a.person_key
    left join said as e on e.person_key = a.person_key and e.list_month = n.earlier_month
    left join said as l on l.person_key = a.person_key and l.list_month = n.later_month
    left join tonight as h
        on h.person_key = a.person_key
        and h.household_key = coalesce(l.household_key, e.household_key, t.household_key)

),

member as (

    select
        *,
        case
            when is_listed_earlier and has_list_of_month then true
            -- entered since, as of an earlier day
            when has_list_of_month then case when is_identified_by_then then null else false end
            when is_listed_earlier and (is_listed_later or not has_later_list) then true
            when not has_earlier_list and is_listed_later then coalesce(is_identified_by_then, true)
            when not is_listed_earlier and is_listed_later then is_identified_by_then
            when not is_listed_earlier then case when is_identified_by_then then null else false end
        end as is_listed
    from beside

),

final as (

    select
        person_key,
        month,
        is_listed,
        case
            when is_listed is not true then is_listed
            when has_list_of_month or not has_later_list then coalesce(earlier_is_poor, false)
            when not is_listed_earlier then coalesce(later_is_poor, false)
            when coalesce(earlier_is_poor, false) = coalesce(later_is_poor, false)
                then coalesce(later_is_poor, false)
        end as is_poor_registered,
        case
            when is_listed is not true then is_listed
            when has_list_of_month or not has_later_list then coalesce(earlier_is_returned, false)
            when is_listed_earlier and coalesce(earlier_is_returned, false) = coalesce(later_is_returned, false)
                then coalesce(later_is_returned, false)
            when is_listed_earlier then null
            when later_exit_attribute = '返贫' then null
            when later_exit_attribute = '脱贫' and later_exit_year >= extract(year from month)
                then case when later_exit_year > extract(year from month) then true end
            else coalesce(later_is_returned, false)
        end as is_returned,
        case
            when is_listed then (array_remove(monitored_as, null))[1] ->> 'category'
        end as monitor_category,
        case
            when is_listed then ((array_remove(monitored_as, null))[1] ->> 'cleared_on')::date
        end as risk_cleared_on,
        case
            when is_listed is not true then null
            when has_list_of_month then earlier_household_type
            else coalesce(earlier_household_type, later_household_type)
        end as household_type
    from member

)

select * from final
