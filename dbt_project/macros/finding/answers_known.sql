{#- Answers known when the night was frozen, one per finding: the last one counts, and a correction asked for is no answer. -#}
{% macro answers_known() -%}
    select distinct on (finding_id)
        outcome_id,
        finding_id,
        verdict,
        wrong_side,
        value_hash,
        valid_until,
        answered_on
    from {{ source('ledger', 'answer') }}
    where
        answered_on <= {{ as_of() }}
        and verdict <> 'unclear'
        and outcome_id <= {{ frozen_input('last_outcome') }}
    order by finding_id asc, outcome_id desc
{%- endmacro %}
