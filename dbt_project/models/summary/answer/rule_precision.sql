{{ config(materialized='night_rows', key=['rule_id', 'rule_version']) }}
{#-
    How often a rule is right: confirmed answers over confirmed and false positive ones. A rule with enough answers
    (parameter RULE min_answers; key: a rule of its own) and too little precision (RULE min_precision) is to be reviewed
    or retired.
-#}
{%- set limit -%}
    p.rule_id = 'RULE'
        and p.division_code = ''
        and p.key in ('', a.rule_id)
        and p.value ~ '^[0-9]{1,9}([.][0-9]{1,9})?$'
    order by p.key desc, p.origin = 'county' desc, p.valid_from desc
    limit 1
{%- endset -%}
with published as (
    -- What finding_summary shows of a rule, county by county: the answers of a rule are its total.
    select
        split_part(block, '|', 2) as rule_id,
        coalesce(sum(value) filter (where block like '%|confirmed'), 0) as confirmed,
        coalesce(sum(value) filter (where block like '%|false_positive'), 0) as false_positive,
        bool_or(is_withheld) as is_withheld
    from {{ ref('int_summary__guarded_row') }}
    where block ~ '^finding[|].*[|](confirmed|false_positive)$' and division_level = 'county'
    group by 1
),

answered as (
    select
        rule_id,
        rule_version,
        count(*) filter (where verdict = 'confirmed') as confirmed,
        count(*) filter (where verdict = 'false_positive') as false_positive,
        count(*) filter (where verdict = 'exempt') as exempt
    from {{ ref('int_answer__answered') }}
    group by rule_id, rule_version
),

with_limits as (
    select
        a.*,
        a.confirmed + a.false_positive as answers,
        round(a.confirmed::numeric / nullif(a.confirmed + a.false_positive, 0), 4) as precision,
        (
            select p.value::numeric from {{ source('reference', 'parameter_tonight') }} as p
            where p.parameter = 'min_precision' and {{ limit }}
        ) as min_precision,
        (
            select p.value::numeric from {{ source('reference', 'parameter_tonight') }} as p
            where p.parameter = 'min_answers' and {{ limit }}
        ) as min_answers
    from answered as a
),

with_all_versions as (
    select
        *,
        sum(confirmed) over (partition by rule_id) as all_confirmed,
        sum(false_positive) over (partition by rule_id) as all_false_positive,
        bool_or({{ is_small('confirmed') }} or {{ is_small('false_positive') }})
            over (partition by rule_id)
        as has_small
    from with_limits
)

select
    a.rule_id,
    a.rule_version,
    a.confirmed,
    a.false_positive,
    a.exempt,
    a.answers,
    a.precision,
    a.min_precision,
    a.min_answers,
    coalesce(a.answers >= a.min_answers and a.precision < a.min_precision, false) as is_to_retire,
    -- Few of any version; a county whose count is empty; few that no county shows (closed since, of no known place).
    a.has_small
    or coalesce(counties.is_withheld, false)
    or {{ is_small('a.all_confirmed - coalesce(counties.confirmed, 0)') }}
    or {{ is_small('a.all_false_positive - coalesce(counties.false_positive, 0)') }} as is_withheld
from with_all_versions as a
left join published as counties on a.rule_id = counties.rule_id
