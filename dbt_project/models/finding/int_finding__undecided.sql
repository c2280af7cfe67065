{{ config(materialized='ephemeral') }}
{#-
    Findings that no rule hits tonight, and that tonight does not say to be over either: the rule cannot be heard, or
    cannot tell, or there is nothing of the object to judge. They stay as they were.
-#}
{#- dbt must see every ref when it parses; which grains have periods is known when it runs. -#}
{%- set facts = {} -%}
{%- for grain, table in finding_grains().items() -%}
    {%- do facts.update({grain: ref(table)}) -%}
{%- endfor %}
with missing as (
    select standing.*
    from {{ ref('int_finding__standing') }} as standing
    where
        standing.state <> 'closed'
        and not standing.is_merged
        and not exists (
            select from {{ ref('int_finding__hit') }} as hit
            where {{ same_finding('hit', 'standing') }}
        )
),

kept as (
    -- The rule cannot be heard tonight.
    select missing.finding_id
    from missing
    inner join {{ ref('int_finding__rule') }} as rule on missing.rule_id = rule.rule_id
    where rule.is_silent
    {%- for grain in finding_grains() %}
    union
    -- It runs, and cannot tell.
    select missing.finding_id
    from missing
    inner join {{ ref('int_finding__rule') }} as rule on missing.rule_id = rule.rule_id and rule.grain = '{{ grain }}'
    inner join {{ ref('int_finding__result_' ~ grain) }} as result
        on missing.subject_key = result.subject_key and missing.object_key = result.object_key
    where (-rule.rule_no)::smallint = any(result.verdicts)
    {%- endfor %}
    {%- for grain, object_sql in night_periods() %}
    union
    -- The object is a period of which tonight's lists have no row of anybody.
    select missing.finding_id
    from missing
    inner join {{ ref('int_finding__rule') }} as rule on missing.rule_id = rule.rule_id and rule.grain = '{{ grain }}'
    where missing.object_key not in (
        select coalesce({{ object_sql }}::text, '') from {{ facts.get(grain) }} as fact
    )
    {%- endfor %}
    {%- for grain, subject_kind, absence_sql in night_absences() %}
    union
    -- The object has no row, and its list says nothing about the subject.
    select missing.finding_id
    from missing
    inner join {{ ref('int_finding__rule') }} as rule on missing.rule_id = rule.rule_id and rule.grain = '{{ grain }}'
    inner join {{ facts.get(subject_kind) }} as fact on missing.subject_key = fact.{{ subject_facts()[subject_kind][1] }}
    where {{ absence_sql }}
    {%- endfor %}
)

select missing.*
from missing
inner join kept on missing.finding_id = kept.finding_id
