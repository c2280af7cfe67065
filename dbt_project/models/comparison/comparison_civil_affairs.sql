{{ config(
    materialized='night_rows',
    key=['subject_kind', 'subject_key', 'field'],
    meta={'dist_key': 'subject_key'},
) }}

with evidence as (
    {{ benefit_field(
        'dibao',
        registry='f.says_dibao',
        department='f.dibao__is_covered',
        scope='f.in_entitlement_scope',
        state='f.dibao__state',
        row={'prefix': 'dibao__', 'extracts': ['dibao']}
    ) }}
    union all
    {{ attribute_field(
        'dibao_kind',
        registry='f.dibao_status',
        department='f.dibao__dibao_kind',
        scope="case
            when f.dibao__state is null
                then f.says_dibao and f.dibao__is_covered and f.dibao__dibao_kind is not null
        end",
        state='f.dibao__state',
        row={'prefix': 'dibao__', 'extracts': ['dibao']}
    ) }}
    union all
    {{ benefit_field(
        'tekun',
        registry='f.says_tekun',
        department='f.tekun__is_listed',
        scope='f.in_entitlement_scope',
        state='f.tekun__state',
        row={'prefix': 'tekun__', 'extracts': ['tekun']}
    ) }}
    union all
    {{ attribute_field(
        'disability',
        registry=yes_no('coalesce(f.is_disabled, false)'),
        department=yes_no('f.disability__is_listed'),
        scope='f.in_entitlement_scope',
        state='f.disability__state',
        row={'prefix': 'disability__', 'extracts': ['disability']}
    ) }}
    union all
    {{ attribute_field(
        'disability_grade',
        registry='f.disability_no_grade',
        department='f.disability__disability_grade',
        scope="case
            when f.disability__state is null
                then
                    f.is_disabled is true
                    and f.disability__is_listed
                    and f.disability_no_grade is not null
                    and f.disability__disability_grade is not null
        end",
        state='f.disability__state',
        row={'prefix': 'disability__', 'extracts': ['disability']},
        grade="case abs(
            strpos('一二三四', left(f.disability_no_grade, 1)) - strpos('一二三四', left(f.disability__disability_grade, 1))
        ) when 0 then 'different' when 1 then 'one_grade' else 'more_grades' end"
    ) }}
    union all
    {{ attribute_field(
        'alive',
        registry="'存活'",
        department="case f.death__is_dead when true then '死亡' when false then '存活' end",
        scope='true',
        state='f.death__state',
        row={'prefix': 'death__', 'extracts': ['death']}
    ) }}
    union all
    {{ attribute_field(
        'household_type',
        subject='household',
        registry="coalesce(f.registry_kind, '其他')",
        department='f.derived_kind',
        scope='f.has_household_row',
        state='f.derived_kind__state',
        row={'prefix': 'derived_kind__', 'extracts': ['dibao', 'dibao_member', 'tekun'], 'tier': false}
    ) }}
    union all
    {{ name_field(
        'civil_affairs', ['dibao', 'dibao_member', 'tekun', 'disability', 'death', 'marriage']
    ) }}
)

{{ judged('evidence') }}
