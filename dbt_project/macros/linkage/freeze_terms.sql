{#- Hook: a model version that meets the county for the first time keeps tonight's frequencies for good. -#}
{% macro freeze_terms() -%}
    insert into reference.link_term (model_version, term, value, persons)
    select
        {{ link_model_version() }},
        term,
        value,
        persons
    from {{ ref('int_identity__term') }}
    where not exists (select from reference.link_term where model_version = {{ link_model_version() }})
{%- endmacro %}
