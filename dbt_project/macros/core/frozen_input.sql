{#- The newest record of a kind that the night knows, as `ledger.run.inputs` froze it; without a frozen night, all. -#}
{% macro frozen_input(name) -%}
    coalesce(
        (
            select (run.inputs ->> '{{ name }}')::bigint
            from ledger.run as run
            where run.as_of = {{ as_of() }} and run.status <> 'failed'
            order by run.run_id desc
            limit 1
        ),
        9223372036854775807
    )
{%- endmacro %}
