{#-
    The rows of an extract that speak for registry persons, as a relation: the staging columns, `person_key`,
    `link_tier`, `link_name_grade`. `history` takes every list in force for its month, with `list_month` and `is_current`.
-#}
{% macro linked_rows(staging_model, role='self', history=false) -%}
    (
        select
            l.person_key,
            l.link_tier,
            l.name_grade as link_name_grade,
            l.is_current,
            s.*
        from {{ ref('int_identity__linked_row') }} as l
        inner join {{ in_force_history(staging_model) if history else in_force(staging_model) }} as s
            on s.batch_id = l.batch_id and s.row_no = l.row_no
        where
            l.extract = '{{ extract_of(staging_model) }}'
            and l.subject_role = '{{ role }}'
            {{ '' if history else 'and l.is_current' }}
    )
{%- endmacro %}

{#- A fact of a comparable list: what the row says, else `absent`; NULL where the list says nothing of the person. -#}
{% macro fact(state, value, absent) -%}
    case when {{ state }} is null then coalesce({{ value }}, {{ absent }}) end
{%- endmacro %}

{#-
    A fact to which several rows of a person add: while a row that may be the person's waits (`<extract>__waits`), what
    the linked rows give stands, and that they give nothing is not known.
-#}
{% macro fact_of_all_rows(state, value, absent) -%}
    case
            when {{ state }} is not null then null
            when {{ state }}__waits is null then coalesce({{ value }}, {{ absent }})
            else nullif({{ value }}, {{ absent }})
        end
{%- endmacro %}

{#- Of rows that are grouped, what the first says: files and rows in their order, so that it is the same every night. -#}
{% macro of_first_row(rows, column) -%}
    (array_agg({{ rows }}.{{ column }} order by {{ rows }}.batch_id, {{ rows }}.row_no))[1]
{%- endmacro %}
