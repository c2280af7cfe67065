{#-
    The rows of a list of students in force, as a relation: the staging columns, the term (a row without one speaks for the
    term of the list's data date) and the registry persons they speak for. A person registered twice has the row twice; a
    row about nobody in the registry stays, with person_key NULL. One row per list row and registry person.
-#}
{% macro term_rows(staging_model) -%}
    {%- set extract = extract_of(staging_model) -%}
    (
        select
            l.person_key,
            l.link_tier,
            l.name_grade as link_name_grade,
            coalesce(d.decision, case when s.id_key is null then 'unusable' else 'not_found' end) as link_decision,
            s.term_key = {{ school_term() }} as is_current_term,
            s.*
        from (
            select
                r.*,
                coalesce({{ school_term_of_text('r.term') }}, {{ school_term_of('p.data_date') }}) as term_key
            from {{ in_force(staging_model) }} as r
            cross join (select data_date from {{ ref('int_fact__period') }} where extract = '{{ extract }}') as p
        ) as s
        left join {{ ref('int_identity__decision') }} as d
            on d.extract = '{{ extract }}' and d.batch_id = s.batch_id and d.row_no = s.row_no
        left join {{ ref('int_identity__linked_row') }} as l
            on l.extract = '{{ extract }}' and l.batch_id = s.batch_id and l.row_no = s.row_no
    )
{%- endmacro %}
