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
        and p.valid_from <= {{ as_of() }}
        and {{ as_of() }} < p.valid_to
        and p.value ~ '^[0-9]{1,9}([.][0-9]{1,9})?$'
    order by p.key desc, p.origin = 'county' desc, p.valid_from desc
    limit 1
{%- endset -%}
with answered as (
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
            select p.value::numeric from reference.parameter as p
            where p.parameter = 'min_precision' and {{ limit }}
        ) as min_precision,
        (
            select p.value::numeric from reference.parameter as p
            where p.parameter = 'min_answers' and {{ limit }}
        ) as min_answers
    from answered as a
)

select
    *,
    coalesce(answers >= min_answers and precision < min_precision, false) as is_to_retire,
    confirmed between 1 and {{ min_cell() }} - 1 or false_positive between 1 and {{ min_cell() }} - 1 as is_withheld
from with_limits
