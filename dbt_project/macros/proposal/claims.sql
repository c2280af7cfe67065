{#-
    Claims: what a department's row says a column of the registry should hold, in the registry's own words. One entry per
    kind of claim; how much each is trusted is data (seed proposable_field).

    field     column of the registry the claim is about
    claim     its kind, as in proposable_field
    extract   the list that says so
    value     SQL over the fact row: the column's value by that list; equal to the registry's where both agree; NULL where
              the list says nothing of it. Facts are NULL where a list is not comparable, and so is what follows from them.
    row       prefix of <prefix>batch_id, <prefix>row_no and <prefix>link_tier (default: the extract's); absence from a
              list has no row
    tier      SQL of the link's tier where <prefix>link_tier is none

    A negative claim (否, 无) is made only against a registry that says yes: a blank is no contradiction of a no.
-#}

{#- What the registry holds in each column that claims are about. -#}
{% macro registry_values(subject) -%}
    {{ return({
        'person': {
            'person_name': 'f.person_name',
            'sex': 'f.sex',
            'birth_date': 'f.birth_date::text',
            'member': "'在册'",
            'student_status': 'f.student_status',
            'is_dropout': yes_no('f.is_dropout'),
            'health_status': 'f.health_status',
            'has_resident_insurance': yes_no('f.has_resident_insurance'),
            'has_employee_insurance': yes_no('f.has_employee_insurance'),
            'has_serious_illness_insurance': yes_no('f.has_serious_illness_insurance'),
            'has_medical_assistance': yes_no('f.has_medical_assistance'),
            'dibao_status': 'f.dibao_status',
            'tekun_status': 'f.tekun_status',
        },
        'household': {
            'household_type': 'f.household_type',
            'cause_1': 'f.cause_1',
            'is_unsafe_house': yes_no('f.is_unsafe_house'),
            'house_grade': 'f.house_grade',
            'house_area_m2': 'trim_scale(f.house_area_m2)::text',
            'measure_housing': 'f.measure_housing',
            'income_transfer': 'trim_scale(f.income_transfer)::text',
        },
    }[subject]) }}
{%- endmacro %}

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

{#- Over fact_household f, its members' lists m (int_proposal__household_claim) and the registry's usual words w. -#}
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

{#-
    The claims of a subject as rows: a subject appears only where some claim contradicts its registry row, and then with
    all claims of that subject, agreeing ones too. One scan of the facts.
      subject   person or household
      claims    as above
      joins     SQL after `from fact_<subject> as f`
      scope     SQL over f and the claim c: which claims count
-#}
{% macro claim_rows(subject, claims, joins='', scope='true') %}
    {%- set registry = registry_values(subject) -%}
    select
        '{{ subject }}' as subject_kind,
        f.{{ subject }}_key as subject_key,
        f.household_no,
        f.county_code,
        f.town_code,
        f.village_code,
        f.registry_batch_id,
        f.registry_row_no,
        c.field,
        c.claim,
        c.extract,
        c.registry_value,
        c.value,
        c.batch_id,
        c.row_no,
        c.link_tier
    from {{ ref('int_fact__' ~ subject) }} as f
    {{ joins }}
    cross join lateral (
        values
        {%- for c in claims %}
        {%- set row = c.get('row', c.extract ~ '__') %}
        (
            '{{ c.field }}',
            '{{ c.claim }}',
            '{{ c.extract }}',
            {{ registry[c.field] }},
            {{ c.value }},
            {{ 'f.' ~ row ~ 'batch_id' if row else 'null::bigint' }},
            {{ 'f.' ~ row ~ 'row_no' if row else 'null::bigint' }},
            {{ c.tier if 'tier' in c else ('f.' ~ row ~ 'link_tier' if row else 'null::text') }}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as c (field, claim, extract, registry_value, value, batch_id, row_no, link_tier)
    where
        c.value is not null
        and ({{ scope }})
        -- cheap enough to ask of everybody, and most people contradict nothing
        and (
            {%- for c in claims %}
            ({{ c.value }}) <> coalesce({{ registry[c.field] }}, ''){{ ' or' if not loop.last }}
            {%- endfor %}
        )
{%- endmacro %}
