{#-
    Over int_fact__household f, its members' lists m and the registry's usual words w (int_proposal__household_claim); the
    keys of an entry are in claim_rows.sql.
-#}
{% macro household_claims() -%}
    {%- set unsupported = 'm.is_cause_unsupported' -%}
    {%- set paid_more -%}
        m.civil_paid > f.income_transfer + {{ parameter('AST-06', 'tolerance') }}
    {%- endset -%}
    {%- set area_gap = 'abs(f.house_area_m2 - f.appraisal__area_m2)' -%}
    {%- set area_allowed -%}
        {{ parameter('FIELD', 'house_area_tolerance', 'numeric', default='0.05') }}
        * greatest(f.house_area_m2, f.appraisal__area_m2)
    {%- endset -%}
    {{ return([
        {
            'field': 'household_type', 'claim': 'tekun', 'extract': 'tekun', 'tier': 'm.tekun_tier',
            'value': "case when f.derived_kind = '特困' then w.usual_type end",
        },
        {
            'field': 'household_type', 'claim': 'dibao', 'extract': 'dibao', 'tier': 'm.dibao_tier',
            'value': "case when f.derived_kind = '低保' then w.usual_type end",
        },
        {
            'field': 'household_type', 'claim': 'neither', 'extract': 'dibao', 'row': none,
            'value': "case when f.derived_kind = '其他' then w.usual_type end",
        },
        {
            'field': 'cause_1', 'claim': 'illness', 'extract': 'hi_chronic', 'row': none,
            'value': 'case when ' ~ unsupported ~ " and m.ill_on_lists > 0 then '因病' end",
        },
        {
            'field': 'cause_1', 'claim': 'disability', 'extract': 'disability', 'row': none,
            'value': 'case when ' ~ unsupported ~ " and f.disability__listed_members > 0 then '因残' end",
        },
        {
            'field': 'cause_1', 'claim': 'study', 'extract': 'school_roll', 'row': none,
            'value': 'case when ' ~ unsupported ~ " and f.school__enrolled_members > 0 then '因学' end",
        },
        {
            'field': 'cause_1', 'claim': 'labour', 'extract': 'registry_person', 'row': none,
            'value': 'case when ' ~ unsupported ~ " and m.is_short_of_labour then '缺劳动力' end",
        },
        {
            'field': 'is_unsafe_house', 'claim': 'appraisal', 'extract': 'appraisal',
            'value': "case
                when f.unsafe_house__is_unsafe then '是'
                when not f.unsafe_house__is_unsafe and f.is_unsafe_house is not null then '否'
            end",
        },
        {
            'field': 'house_grade', 'claim': 'appraisal', 'extract': 'appraisal',
            'value': "case
                when f.house_grade in ('A', 'B', 'C', 'D') and f.appraisal__house_grade in ('A', 'B', 'C', 'D')
                    then f.appraisal__house_grade
            end",
        },
        {
            'field': 'house_area_m2', 'claim': 'appraisal', 'extract': 'appraisal',
            'value': 'case when ' ~ area_gap ~ ' > ' ~ area_allowed ~ ' then trim_scale(f.appraisal__area_m2)::text end',
        },
        {
            'field': 'measure_housing', 'claim': 'renovation', 'extract': 'renovation',
            'value': "case
                when f.renovation__is_accepted and f.measures_housing_renovation is not true
                    then concat_ws(',', f.measure_housing, '危房改造')
            end",
        },
        {
            'field': 'income_transfer', 'claim': 'payments', 'extract': 'dibao', 'tier': 'm.dibao_tier',
            'value': 'case when ' ~ paid_more ~ ' then trim_scale(m.civil_paid)::text end',
        },
    ]) }}
{%- endmacro %}
