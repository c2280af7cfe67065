{{ config(
    materialized='night_rows',
    key=['subject_kind', 'subject_key', 'field'],
    meta={'dist_key': 'subject_key'},
) }}
{%- set compulsory_age -%}
    f.age_1_september >= {{ parameter('EDU-01', 'age_from', 'int') }}
    and f.age_1_september < {{ parameter('EDU-01', 'age_to', 'int') }}
{%- endset -%}
{%- set aided_stages = "string_to_array(" ~ parameter('EDU-05', 'aided_stages', 'text') ~ ", '|')" -%}
{#- The stage of this term: the roll's, else what the registry says. -#}
{%- set stage = 'coalesce(f.enrolled__study_stage, f.registry_stage)' -%}
{%- set registered_vocational = "coalesce(f.registry_stage in ('中职', '高职高专'), false)" -%}
{#- Who says that a child is out: the comparison list's reason, else the row that shows the child enrolled. -#}
{%- set says_why = 'f.edu_compare__not_in_school_reason is not null' -%}
{%- set dropout_row = {
    'extract': "case when " ~ says_why ~ " then 'edu_compare' else coalesce(f.enrolled__extract, 'school_roll') end",
    'batch_id': 'case when ' ~ says_why ~ ' then f.edu_compare__batch_id else f.enrolled__batch_id end',
    'row_no': 'case when ' ~ says_why ~ ' then f.edu_compare__row_no else f.enrolled__row_no end',
    'tier': "case
            when " ~ says_why ~ " or f.enrolled__extract = 'edu_compare' then f.edu_compare__link_tier
            when f.enrolled__extract = 'school_roll' then f.school_roll__link_tier
        end",
} -%}
{%- set stages = "array['学前', '小学', '初中', '高中', '高等', '研究生']" -%}

with evidence as (
    {{ benefit_field(
        'enrolled',
        registry='f.is_student',
        department='f.enrolled__is_enrolled',
        scope='f.in_entitlement_scope and f.age_1_september between 3 and 24',
        state='f.enrolled__state',
        row={'prefix': 'enrolled__', 'extracts': ['school_roll', 'edu_compare']}
    ) }}
    union all
    {{ attribute_field(
        'study_stage',
        registry='f.registry_stage',
        department='f.enrolled__study_stage',
        scope="case
            when f.enrolled__state is null
                then
                    f.is_student
                    and f.enrolled__is_enrolled
                    and f.registry_stage is not null
                    and f.enrolled__study_stage is not null
        end",
        state='f.enrolled__state',
        row={'prefix': 'enrolled__', 'extracts': ['school_roll', 'edu_compare']},
        grade="case
            when
                array_position(" ~ stages ~ ", " ~ level_of_stage('f.enrolled__study_stage') ~ ")
                - array_position(" ~ stages ~ ", " ~ level_of_stage('f.registry_stage') ~ ") = 1
                then 'next_stage'
            else 'different'
        end"
    ) }}
    union all
    {{ benefit_field(
        'education_aid',
        registry=stage ~ ' = any(' ~ aided_stages ~ ')',
        department='f.edu_compare__aid_amount > 0',
        scope='f.in_entitlement_scope and f.enrolled__is_enrolled',
        state='coalesce(
            f.edu_compare__state,
            f.enrolled__state,
            case when f.edu_compare__aid_amount is null then f.edu_compare__waits end
        )',
        row={'prefix': 'edu_compare__', 'extracts': ['edu_compare']}
    ) }}
    union all
    {{ benefit_field(
        'yulu',
        registry=stage ~ " in ('中职', '高职高专')",
        department='f.yulu__is_paid',
        scope='f.in_entitlement_scope and (' ~ registered_vocational ~ ' or f.enrolled__is_enrolled)',
        state='coalesce(
            f.yulu__state,
            case when f.yulu__is_paid is null then f.yulu__waits end,
            case when not ' ~ registered_vocational ~ ' then f.enrolled__state end
        )',
        row={'prefix': 'yulu__', 'extracts': ['yulu']}
    ) }}
    union all
    {{ attribute_field(
        'dropout',
        registry=yes_no('coalesce(f.is_dropout, false)'),
        department=yes_no('f.dropout__is_out'),
        scope='f.in_entitlement_scope and ' ~ compulsory_age,
        state='f.dropout__state',
        row=dropout_row
    ) }}
    union all
    {{ name_field('education', ['school_roll', 'edu_compare', 'yulu']) }}
    union all
    {{ attribute_field(
        'sex',
        registry='f.sex',
        department='f.school_roll__sex',
        scope=linked_and_usable('f.school_roll__state', 'f.school_roll__batch_id', ['f.sex', 'f.school_roll__sex']),
        state='f.school_roll__state',
        row={'prefix': 'school_roll__', 'extracts': ['school_roll']}
    ) }}
    union all
    {{ attribute_field(
        'birth_date',
        registry='f.birth_date',
        department='f.school_roll__birth_date',
        scope=linked_and_usable(
            'f.school_roll__state', 'f.school_roll__batch_id', ['f.birth_date', 'f.school_roll__birth_date']
        ),
        state='f.school_roll__state',
        row={'prefix': 'school_roll__', 'extracts': ['school_roll']},
        grade="case
            when date_trunc('month', f.birth_date) = date_trunc('month', f.school_roll__birth_date) then 'same_month'
            when date_trunc('year', f.birth_date) = date_trunc('year', f.school_roll__birth_date) then 'same_year'
            else 'different'
        end"
    ) }}
)

{{ judged('evidence') }}
