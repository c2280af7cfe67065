{#-
    What both sides say about one compared field: one select per field, all with the same columns, for `judged`.

    Common arguments
      field       its name in reference.compared_field
      scope       SQL, three-valued: is the subject one that the field is about (NULL: cannot be told)
      state       SQL: why the department's list says nothing (NULL: it speaks)
      row         where the department's row is named: see row_extract
      subject     person (fact_person) or household (fact_household)
-#}

{#-
    A benefit: each side says yes or no.
      registry    SQL: the registry's claim. Blank is no claim, and is shown as blank.
      department  SQL: what the department's list says. NULL without a state: the row is there and does not say.
-#}
{% macro benefit_field(field, registry, department, scope, state, row, subject='person') -%}
    {{ _evidence(
        field, 'benefit', scope, state, row, subject,
        registry_says='coalesce((' ~ registry ~ '), false)', department_says=department,
        registry_value=yes_no(registry), department_value=yes_no(department)
    ) }}
{%- endmacro %}

{#-
    An attribute: each side gives a value.
      registry, department  SQL of the two values as text, normalised; NULL: that side gives none
      same        SQL: do they say the same (default: they are equal)
      grade       SQL: how far apart they are
      one_sided   a value on one side only says that the subject is known to that side only; else it says nothing
-#}
{% macro attribute_field(
    field, registry, department, scope, state, row, subject='person', same=none, grade="'different'", one_sided=false
) -%}
    {{ _evidence(
        field, 'one_sided_attribute' if one_sided else 'attribute', scope, state, row, subject,
        registry_value=registry, department_value=department,
        same=same or (registry ~ ' = ' ~ department), grade=grade
    ) }}
{%- endmacro %}

{#- The columns that both kinds of field give to `judged`; what a kind does not have is NULL. -#}
{% macro _evidence(
    field, kind, scope, state, row, subject,
    registry_value, department_value,
    registry_says='null::boolean', department_says='null::boolean', same='null::boolean', grade='null'
) %}
    select
        {{ subject_columns(subject) }},
        '{{ field }}' as field,
        '{{ kind }}' as kind,
        ({{ scope }}) as in_scope,
        {{ state }} as state,
        {{ registry_says }} as registry_says,
        {{ department_says }} as department_says,
        ({{ registry_value }})::text as registry_value,
        ({{ department_value }})::text as department_value,
        ({{ same }}) as is_same,
        ({{ grade }})::text as grade,
        {{ row_extract(row) }} as extract,
        {{ row_column(row, 'batch_id') }} as department_batch_id,
        {{ row_column(row, 'row_no') }} as department_row_no,
        {{ row_tier(row) }} as link_tier
    from {{ ref('int_fact__' ~ subject) }} as f
{%- endmacro %}

{#-
    Where the department's row is named. A row is written {'prefix': 'hi_roll__', 'extracts': ['hi_roll']}: the fact
    columns are <prefix>batch_id and <prefix>row_no; of several extracts <prefix>extract names the one that speaks, and
    the first stands for the field where none does. 'tier': false where many rows speak for a household. Instead, each of
    'extract', 'batch_id', 'row_no' and 'tier' may be given as SQL.
-#}
{% macro row_extract(row) -%}
    {%- if row.extract -%}
        {{ row.extract }}
    {%- elif row.extracts | length == 1 -%}
        '{{ row.extracts[0] }}'
    {%- else -%}
        coalesce(f.{{ row.prefix }}extract, '{{ row.extracts[0] }}')
    {%- endif -%}
{%- endmacro %}

{#- SQL of the row's batch_id or row_no. -#}
{% macro row_column(row, name) -%}
    {{ row[name] or ('f.' ~ row.prefix ~ name) }}
{%- endmacro %}

{#- SQL of the tier by which that row is linked. -#}
{% macro row_tier(row) -%}
    {%- if row.tier is defined -%}
        {{ row.tier or 'null::text' }}
    {%- elif row.extracts | length == 1 -%}
        f.{{ row.prefix }}link_tier
    {%- else -%}
        case f.{{ row.prefix }}extract
        {%- for name in row.extracts %} when '{{ name }}' then f.{{ name }}__link_tier{% endfor %} end
    {%- endif -%}
{%- endmacro %}

{#- Scope of fields that need a linked row and a value on both sides. Without evidence it cannot be told: NULL. -#}
{% macro linked_and_usable(state, batch_id, values) -%}
    case
        when {{ state }} is null
            then {{ batch_id }} is not null{% for value in values %} and {{ value }} is not null{% endfor %}
    end
{%- endmacro %}

{#- A yes or no as people read it; blank stays blank. -#}
{% macro yes_no(condition) -%}
    case {{ condition }} when true then '是' when false then '否' end
{%- endmacro %}

{#-
    The name a department writes on its linked rows. People it has no row of are out of scope; so is nothing else.
    `extracts` are the department's lists about persons. A variant (a character that a system could not write) agrees,
    graded: it contradicts nothing.
-#}
{% macro name_field(department, extracts) -%}
    {%- set name = department ~ '__name_' -%}
    {{ attribute_field(
        'person_name',
        registry='f.person_name',
        department='f.' ~ department ~ '__person_name',
        scope="f." ~ name ~ "state is distinct from 'no_row'",
        state='f.' ~ name ~ 'state',
        row={'prefix': name, 'extracts': extracts},
        same='f.' ~ name ~ "grade in ('same', 'variant')",
        grade='nullif(f.' ~ name ~ "grade, 'same')"
    ) }}
{%- endmacro %}
