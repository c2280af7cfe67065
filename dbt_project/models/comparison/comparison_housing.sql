{{ config(
    materialized='night_rows',
    key=['subject_kind', 'subject_key', 'field'],
    meta={'dist_key': 'subject_key'},
) }}
{#- Share of the registry's floor area by which the appraisal may differ; no rule owns it. -#}
{%- set tolerance = parameter('FIELD', 'house_area_tolerance', 'numeric', default='0.05') -%}
{%- set area_gap = 'abs(f.house_area_m2 - f.appraisal__area_m2)' -%}
{%- set area_allowed = tolerance ~ ' * greatest(f.house_area_m2, f.appraisal__area_m2)' -%}
{%- set identity_kind = renovation_identity_kind('f.renovation__house_identity') -%}

with evidence as (
    {{ attribute_field(
        'unsafe_house',
        subject='household',
        registry=yes_no('coalesce(f.is_unsafe_house, false)'),
        department=yes_no('f.unsafe_house__is_unsafe'),
        scope='f.unsafe_house__is_graded',
        state='f.unsafe_house__state',
        row={'prefix': 'appraisal__', 'extracts': ['appraisal']}
    ) }}
    union all
    {{ attribute_field(
        'house_grade',
        subject='household',
        registry='f.house_grade',
        department='f.appraisal__house_grade',
        scope="case
            when f.appraisal__state is null
                then
                    coalesce(f.house_grade, '') in ('A', 'B', 'C', 'D')
                    and coalesce(f.appraisal__house_grade, '') in ('A', 'B', 'C', 'D')
        end",
        state='f.appraisal__state',
        row={'prefix': 'appraisal__', 'extracts': ['appraisal']},
        grade="case
            when (f.house_grade in ('C', 'D')) <> (f.appraisal__house_grade in ('C', 'D')) then 'safe_and_unsafe'
            else 'different'
        end"
    ) }}
    union all
    {{ benefit_field(
        'renovation',
        subject='household',
        registry='f.measures_housing_renovation',
        department='f.renovation__is_accepted',
        scope='true',
        state='coalesce(f.renovation__state, case when not f.renovation__is_accepted then f.renovation__waits end)',
        row={'prefix': 'renovation__', 'extracts': ['renovation']}
    ) }}
    union all
    {{ attribute_field(
        'renovation_identity',
        subject='household',
        registry='f.renovation__plan_year_kind',
        department='f.renovation__house_identity',
        scope="case
            when f.renovation__state is null
                then
                    coalesce(f.measures_housing_renovation, false)
                    and f.renovation__projects > 0
                    and f.renovation__house_identity is not null
        end",
        state="coalesce(
            f.renovation__state, case when f.renovation__projects > 0 then f.renovation__plan_year_kind__state end
        )",
        row={'prefix': 'renovation__', 'extracts': ['renovation']},
        same=identity_kind ~ " in ('其他', f.renovation__plan_year_kind)",
        grade="case
            when " ~ identity_kind ~ " = f.renovation__plan_year_kind then null
            when " ~ identity_kind ~ " = '其他' then 'not_claimed'
            else 'not_held'
        end"
    ) }}
    union all
    {{ attribute_field(
        'house_area',
        subject='household',
        registry='trim_scale(f.house_area_m2)',
        department='trim_scale(f.appraisal__area_m2)',
        scope="case
            when f.appraisal__state is null
                then coalesce(f.appraisal__house_grade, '') in ('A', 'B', 'C', 'D') and f.appraisal__area_m2 is not null
        end",
        state='f.appraisal__state',
        row={'prefix': 'appraisal__', 'extracts': ['appraisal']},
        one_sided=true,
        same=area_gap ~ ' <= ' ~ area_allowed,
        grade="case
            when " ~ area_gap ~ " = 0 then null
            when " ~ area_gap ~ " <= " ~ area_allowed ~ " then 'within_tolerance'
            else 'beyond_tolerance'
        end"
    ) }}
    union all
    {{ benefit_field(
        'other_dwelling',
        subject='household',
        registry='false',
        department='f.property__has_other_dwelling',
        scope='true',
        state='f.property__state',
        row={'prefix': 'property__', 'extracts': ['property'], 'tier': false}
    ) }}
)

{{ judged('evidence') }}
