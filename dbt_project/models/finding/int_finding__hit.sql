{{ config(materialized='night_table') }}
{#- Rows of one key (two claims of one month) are one finding: the first by its evidence, with how many there are. -#}

with hit as (
    {%- for grain in finding_grains() %}
    {{ 'union all' if not loop.first }}
    select
        result.subject_key,
        result.object_key,
        result.household_key,
        result.household_no,
        result.county_code,
        result.town_code,
        result.village_code,
        unnest(result.hits) as said
    from {{ ref('int_finding__result_' ~ grain) }} as result
    where result.hits is not null
    {%- endfor %}
),

named as (
    select
        rule.rule_id,
        rule.rule_version,
        rule.severity,
        rule.departments,
        rule.owner_department,
        rule.subject_kind,
        hit.subject_key,
        hit.object_key,
        hit.household_key,
        hit.household_no,
        hit.county_code,
        hit.town_code,
        hit.village_code,
        hit.said -> 'evidence' as evidence
    from hit
    inner join {{ ref('int_finding__rule') }} as rule
        on rule.rule_no = (hit.said ->> 'rule_no')::smallint and rule.status = 'active' and not rule.is_silent
),

one_per_key as (
    select
        rule_id,
        subject_kind,
        subject_key,
        object_key,
        min(rule_version) as rule_version,
        min(severity) as severity,
        min(departments) as departments,
        min(owner_department) as owner_department,
        min(household_key) as household_key,
        min(household_no) as household_no,
        min(county_code) as county_code,
        min(town_code) as town_code,
        min(village_code) as village_code,
        (array_agg(evidence order by evidence))[1]
        || case when count(*) > 1 then jsonb_build_object('occurrences', count(*)) else '{}' end as evidence
    from named
    group by rule_id, subject_kind, subject_key, object_key
)

select
    {{ finding_id('rule_id', 'subject_kind', 'subject_key', 'object_key') }} as finding_id,
    *,
    {{ value_hash('evidence') }} as value_hash
from one_per_key
