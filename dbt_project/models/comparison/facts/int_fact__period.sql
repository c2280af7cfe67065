{{ planned_for_volume() }}
{{ config(meta={'reference': true}) }}
{#-
    Per extract: which period the list in force speaks for, and whether that is the night's. A yearly list without a row
    of the insurance year, a roll from before 1 September, a term list without the current term: out of period, shown as
    stale_batch. A monthly list speaks for its own month; the month most of its rows are paid for, should it carry several.
-#}
with batch as (

    select
        extract,
        max(data_date) as data_date,
        max(list_month) as list_month
    from {{ source('ledger', 'batch_tonight') }}
    where is_current
    group by 1

),

state as (

    select
        s.extract,
        s.state,
        b.data_date,
        b.list_month
    from {{ ref('int_identity__extract_state') }} as s
    left join batch as b on b.extract = s.extract

),

{%- for model in ['stg_civil_affairs__dibao', 'stg_civil_affairs__disability'] %}

{{ extract_of(model) }}_month as (

    select
        '{{ extract_of(model) }}' as extract,
        max(pay_month) as pay_month
    from (
        select
            pay_month,
            count(*) as paid,
            max(count(*)) over () as paid_most
        from {{ in_force(model) }} as s
        where pay_month <= {{ as_of() }}
        group by 1
    ) as months
    where {{ speaks_for_month('paid', 'paid_most') }}

),
{%- endfor %}

pay_month as (

    select * from dibao_month
    union all
    select * from disability_month

),

listed as (

    select
        'hi_roll' as extract,
        insurance_year = {{ insurance_year() }} as is_of_night,
        count(*) as listed
    from {{ in_force('stg_health_insurance__hi_roll') }} as s
    group by insurance_year
    {%- for model in ['stg_education__edu_compare', 'stg_education__yulu'] %}
    {%- set term = 'coalesce(' ~ school_term_of_text('s.term') ~ ', ' ~ school_term_of('b.data_date') ~ ')' %}
    union all
    select
        '{{ extract_of(model) }}' as extract,
        {{ term }} = {{ school_term() }} as is_of_night,
        count(*) as listed
    from {{ in_force(model) }} as s
    inner join batch as b on b.extract = '{{ extract_of(model) }}'
    group by {{ term }}
    {%- endfor %}

),

-- Whether lists that name a year or a term on each row name the night's.
spoken as (

    select
        extract,
        {{ speaks_for_period('coalesce(sum(listed) filter (where is_of_night), 0)', 'max(listed)') }} as speaks
    from listed
    group by 1

),

final as (

    select
        s.extract,
        s.data_date,
        coalesce(p.pay_month, s.list_month) as month,
        coalesce(
            s.state,
            case
                when k.speaks is false then 'stale_batch'
                when s.extract = 'school_roll' and s.data_date < {{ school_year_start() }} then 'stale_batch'
                when
                    s.extract in ('hi_settlement', 'hi_premium_request')
                    and extract(year from s.data_date)::int < {{ insurance_year() }}
                    then 'stale_batch'
            end
        ) as state
    from state as s
    left join pay_month as p on p.extract = s.extract
    left join spoken as k on k.extract = s.extract

)

select * from final
