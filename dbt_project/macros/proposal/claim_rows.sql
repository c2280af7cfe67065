{#-
    Claims: what a department's row says a column of the registry should hold, in the registry's own words. One entry per
    kind of claim (person_claims, household_claims); how much each is trusted is data (seed proposable_field).

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
        {{ subject_columns(subject) }},
        c.*
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
