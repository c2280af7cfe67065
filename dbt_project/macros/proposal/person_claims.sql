{#- Over int_fact__person f: what departments' lists say about a person; the keys of an entry are in claim_rows.sql. -#}
{% macro person_claims() -%}
    {%- set claims = [] -%}
    {%- set named_lists = [
        'hi_roll', 'hi_enrol_check', 'hi_premium_request', 'hi_subsidy_target', 'hi_settlement', 'hi_chronic', 'dibao',
        'dibao_member', 'tekun', 'disability', 'death', 'school_roll', 'edu_compare', 'yulu',
    ] -%}

    {#- The number belongs to the person when a department knows it under the same name; nobody else may hold it. -#}
    {%- set borne_out = [] -%}
    {%- for extract in named_lists -%}
        {%- do borne_out.append("(f." ~ extract ~ "__link_tier = '1' and f." ~ extract ~ "__name_grade = 'same')") -%}
    {%- endfor -%}
    {%- set own_number = "f.id_state = 'ok' and f.id_names = 1 and (" ~ borne_out | join(' or ') ~ ')' -%}

    {%- for extract in named_lists -%}
        {%- do claims.append({
            'field': 'person_name', 'claim': 'name_on_row', 'extract': extract,
            'value': proposed_name('f.' ~ extract ~ '__person_name', 'f.' ~ extract ~ '__name_grade'),
        }) -%}
    {%- endfor -%}

    {%- for field, by_number in {'sex': 'f.id_sex', 'birth_date': 'f.id_birth_date::text'}.items() -%}
        {%- do claims.append({
            'field': field, 'claim': 'own_number', 'extract': 'registry_person',
            'value': 'case when ' ~ own_number ~ ' then ' ~ by_number ~ ' end',
            'row': 'registry_', 'tier': 'null',
        }) -%}
    {%- endfor -%}
    {%- do claims.extend([
        {'field': 'sex', 'claim': 'sex_on_row', 'extract': 'hi_roll', 'value': 'f.hi_roll__sex'},
        {'field': 'sex', 'claim': 'sex_on_row', 'extract': 'school_roll', 'value': 'f.school_roll__sex'},
        {'field': 'birth_date', 'claim': 'birth_date_on_row', 'extract': 'school_roll', 'value': 'f.school_roll__birth_date::text'},
        {
            'field': 'member', 'claim': 'death', 'extract': 'death',
            'value': "case when f.death__is_dead then concat('已故', '（' || f.death__died_on || '）') end",
        },
    ]) -%}

    {%- for extract in ['school_roll', 'edu_compare'] -%}
        {%- do claims.extend([
            {
                'field': 'student_status', 'claim': 'enrolled', 'extract': extract,
                'value': "case when f." ~ extract ~ "__is_enrolled then "
                    ~ proposed_student_status('f.' ~ extract ~ '__study_stage', 'f.' ~ extract ~ '__grade') ~ ' end',
            },
            {
                'field': 'is_dropout', 'claim': 'enrolled', 'extract': extract,
                'value': "case when f." ~ extract ~ "__is_enrolled and f.is_dropout is not null then '否' end",
            },
        ]) -%}
    {%- endfor -%}
    {%- set compulsory_age -%}
        f.age_1_september >= {{ parameter('EDU-01', 'age_from', 'int') }}
        and f.age_1_september < {{ parameter('EDU-01', 'age_to', 'int') }}
    {%- endset -%}
    {#- The county's school roll ends with upper secondary: of a college student its silence says nothing, and one lost
        row of the comparison list would read as having left. -#}
    {%- set beyond_school_roll = "('高职高专', '本科', '研究生')" -%}
    {%- do claims.extend([
        {
            'field': 'student_status', 'claim': 'not_enrolled', 'extract': 'school_roll', 'row': none,
            'value': "case
                when f.registry_stage not in " ~ beyond_school_roll ~ " and not f.enrolled__is_enrolled then '无'
            end",
        },
        {
            'field': 'is_dropout', 'claim': 'reason_given', 'extract': 'edu_compare',
            'value': 'case when f.edu_compare__not_in_school_reason is not null and ' ~ compulsory_age ~ " then '是' end",
        },
        {
            'field': 'is_dropout', 'claim': 'not_enrolled', 'extract': 'school_roll', 'row': none,
            'value': 'case when not f.enrolled__is_enrolled and ' ~ compulsory_age ~ " then '是' end",
        },
    ]) -%}

    {%- set health = proposed_health_status() -%}
    {%- do claims.extend([
        {
            'field': 'health_status', 'claim': 'certificate', 'extract': 'hi_chronic',
            'value': 'case when f.hi_chronic__has_certificate and f.is_chronic is not true then ' ~ health ~ ' end',
        },
        {
            'field': 'health_status', 'claim': 'disability', 'extract': 'disability',
            'value': 'case when f.disability__is_listed and f.is_disabled is not true then ' ~ health ~ ' end',
        },
    ]) -%}

    {%- for scheme in ['resident', 'employee'] -%}
        {%- for extract in ['hi_roll', 'hi_enrol_check'] -%}
            {%- do claims.extend([
                {
                    'field': 'has_' ~ scheme ~ '_insurance', 'claim': 'insured', 'extract': extract,
                    'value': 'case when f.' ~ extract ~ '__is_' ~ scheme ~ " then '是' end",
                },
                {
                    'field': 'has_' ~ scheme ~ '_insurance', 'claim': 'not_insured', 'extract': extract,
                    'value': 'case when not f.' ~ extract ~ '__is_' ~ scheme ~ ' and f.has_' ~ scheme
                        ~ "_insurance is not null then '否' end",
                },
            ]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do claims.extend([
        {
            'field': 'has_serious_illness_insurance', 'claim': 'insured', 'extract': 'hi_roll',
            'value': "case when f.hi_roll__has_serious_illness_insurance then '是' end",
        },
        {
            'field': 'has_serious_illness_insurance', 'claim': 'not_insured', 'extract': 'hi_roll',
            'value': "case
                when not f.hi_roll__has_serious_illness_insurance and f.has_serious_illness_insurance is not null then '否'
            end",
        },
        {
            'field': 'has_medical_assistance', 'claim': 'paid', 'extract': 'hi_settlement',
            'value': "case when f.hi_settlement__assist_fund_pay > 0 then '是' end",
        },
        {
            'field': 'has_medical_assistance', 'claim': 'not_paid', 'extract': 'hi_settlement',
            'value': "case
                when f.hi_settlement__settlements > 0 and f.hi_settlement__assist_fund_pay = 0
                    and f.hi_settlement__waits is null and f.has_medical_assistance is not null then '否'
            end",
        },
        {
            'field': 'dibao_status', 'claim': 'covered', 'extract': 'dibao',
            'value': "case when f.dibao__is_covered and not f.says_dibao then coalesce(f.dibao__dibao_kind, '农村低保') end",
        },
        {
            'field': 'dibao_status', 'claim': 'kind', 'extract': 'dibao',
            'value': 'case when f.dibao__is_covered and f.says_dibao then f.dibao__dibao_kind end',
        },
        {
            'field': 'dibao_status', 'claim': 'not_covered', 'extract': 'dibao', 'row': none,
            'value': "case when not f.dibao__is_covered and f.says_dibao then '无' end",
        },
        {
            'field': 'tekun_status', 'claim': 'listed', 'extract': 'tekun',
            'value': "case when f.tekun__is_listed then coalesce(f.tekun_status, '农村特困') end",
        },
        {
            'field': 'tekun_status', 'claim': 'not_listed', 'extract': 'tekun', 'row': none,
            'value': "case when not f.tekun__is_listed and f.says_tekun then '无' end",
        },
    ]) -%}
    {{ return(claims) }}
{%- endmacro %}
