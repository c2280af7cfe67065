{#-
    Who is named where: one entry per extract and role, in the words of the staging models.

    role      subject_role of the link: self, head, male, female
    prefix    of id_no, id_state, id_key and name_norm in the staging model
    name      column of the name as delivered (person_name unless said); false where there is none
    id        false where there is none
    sex, birth_date, stage    the column that says so, where there is one
    place     town_code and village_code say where the person lives (a property's location does not)
    household household_key is there
    relative  normalised name of the head or guardian that the row also names
    birth_year    of a row that states an age only
    address   text in which the person's hamlet may be named
    says_registered    whether the row says that its person is registered
    hint      a further number of the row that repeats the person's own: the disability number, a roll number G + ID
    psn_no    health insurance's own number of the person, as on its roll
    student   rows are about pupils and students: an adult's number on one speaks against the link
    history   lists of earlier months are linked too, since rules about past months read them

    A new extract adds its line here (and its column in int_identity__evidence follows by itself); those of a department
    that a county adds come from its own macro, see added_departments.
-#}
{% macro mention_sources() -%}
    {%- set sources = [
        {'model': 'stg_health_insurance__hi_subsidy_target', 'role': 'self', 'place': true, 'history': true},
        {'model': 'stg_health_insurance__hi_enrol_check', 'role': 'self'},
        {'model': 'stg_health_insurance__hi_premium_request', 'role': 'self', 'place': true, 'psn_no': true},
        {'model': 'stg_health_insurance__hi_roll', 'role': 'self', 'place': true, 'sex': 'sex'},
        {'model': 'stg_health_insurance__hi_settlement', 'role': 'self', 'psn_no': true},
        {'model': 'stg_health_insurance__hi_ncms_inpatient_old', 'role': 'self', 'id': false, 'sex': 'sex', 'place': true,
         'relative': 'head_name_norm', 'address': 'address', 'birth_year': "date_part('year', admitted_on)::int - age",
         'says_registered': "poverty_type ~ '建档立卡|贫困户' and poverty_type !~ '^(非|一般)'"},
        {'model': 'stg_health_insurance__hi_chronic', 'role': 'self'},
        {'model': 'stg_civil_affairs__dibao', 'role': 'head', 'prefix': 'head_', 'name': 'head_name', 'place': true, 'history': true},
        {'model': 'stg_civil_affairs__dibao_member', 'role': 'self', 'history': true},
        {'model': 'stg_civil_affairs__tekun', 'role': 'self', 'place': true, 'history': true},
        {'model': 'stg_civil_affairs__disability', 'role': 'self', 'history': true, 'hint': 'disability_no'},
        {'model': 'stg_civil_affairs__death', 'role': 'self', 'place': true},
        {'model': 'stg_civil_affairs__marriage', 'role': 'male', 'prefix': 'male_', 'name': false},
        {'model': 'stg_civil_affairs__marriage', 'role': 'female', 'prefix': 'female_', 'name': false},
        {'model': 'stg_education__school_roll', 'role': 'self', 'place': true, 'sex': 'sex', 'birth_date': 'birth_date',
         'stage': 'study_stage', 'student': true, 'hint': "regexp_replace(roll_no, '^[GLJ]', '')",
         'relative': 'guardian_name_norm', 'address': 'address'},
        {'model': 'stg_education__edu_compare', 'role': 'self', 'place': true, 'household': true, 'relative': 'head_name_norm',
         'stage': 'study_stage', 'student': true, 'hint': "regexp_replace(roll_no, '^[GLJ]', '')"},
        {'model': 'stg_education__yulu', 'role': 'self', 'household': true,
         'stage': 'study_stage', 'student': true},
        {'model': 'stg_housing__renovation', 'role': 'head', 'prefix': 'head_', 'name': 'head_name', 'place': true,
         'address': 'hamlet_name'},
        {'model': 'stg_housing__appraisal', 'role': 'head', 'prefix': 'head_', 'name': 'head_name', 'place': true,
         'address': 'address'},
        {'model': 'stg_housing__property', 'role': 'self'},
    ] -%}
    {%- for added in added_departments().values() -%}
        {%- do sources.extend(added.mentions) -%}
    {%- endfor -%}
    {{ return(sources) }}
{%- endmacro %}

{#- The extracts of the list above, each once, in its order. -#}
{% macro mention_extracts() -%}
    {%- set extracts = [] -%}
    {%- for source in mention_sources() -%}
        {%- set extract = extract_of(source.model) -%}
        {%- if extract not in extracts -%}{%- do extracts.append(extract) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(extracts) }}
{%- endmacro %}

{#- One source's rows in the common columns of a mention; `rows` is the relation to read, `hints` adds hint and psn_no. -#}
{% macro mention_columns(source, rows, is_current, hints=false) -%}
    {%- set prefix = source.get('prefix', '') -%}
    {%- set has_id = source.get('id', true) -%}
    select
        '{{ extract_of(source.model) }}' as extract,
        batch_id,
        row_no,
        '{{ source.role }}' as subject_role,
        {{ is_current }} as is_current,
        {{ prefix ~ 'id_no' if has_id else 'null::text' }} as id_no,
        {{ prefix ~ 'id_state' if has_id else "'blank'" }} as id_state,
        {{ prefix ~ 'id_key' if has_id else 'null::bigint' }} as id_key,
        {{ source.get('name', 'person_name') or 'null::text' }} as person_name,
        {{ prefix ~ 'name_norm' if source.get('name', true) else 'null::text' }} as name_norm,
        {{ sex_word(source.sex) if 'sex' in source else 'null::text' }} as sex,
        {{ source.get('birth_date', 'null::date') }} as birth_date,
        {{ 'village_code' if source.get('place') else 'null::text' }} as village_code,
        {{ 'town_code' if source.get('place') else 'null::text' }} as town_code,
        {{ 'household_key' if source.get('household') else 'null::text' }} as household_key,
        {{ source.get('relative', 'null::text') }} as relative_name_norm,
        {{ source.get('birth_year', 'null::int') }} as birth_year,
        {{ source.get('address', 'null::text') }} as address,
        {{ source.get('says_registered', 'null::boolean') }} as says_registered,
        {{ source.get('stage', 'null::text') }} as study_stage,
        {{ 'true' if source.get('student') else 'false' }} as is_student_row,
        {{ 'true' if source.get('name', true) else 'false' }} as has_name_column
        {%- if hints %},
        {{ source.get('hint', 'null::text') }} as hint,
        {{ 'psn_no' if source.get('psn_no') else 'null::text' }} as psn_no
        {%- endif %}
    from {{ rows }} as source_rows
{%- endmacro %}
