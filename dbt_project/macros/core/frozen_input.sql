{#- The newest record of a kind that the night knows, as `ledger.run.inputs` froze it, as a literal; without a frozen night, all. -#}
{% macro frozen_input(name) -%}
    {%- set newest = 9223372036854775807 -%}
    {%- if execute -%}
        {%- set rows = run_query(
            "select (inputs ->> '" ~ name ~ "')::bigint from ledger.run where as_of = " ~ as_of()
            ~ " and status <> 'failed' order by run_id desc limit 1"
        ) -%}
        {{- rows[0][0] | int if rows | length and rows[0][0] is not none else newest -}}
    {%- else -%}
        {{- newest -}}
    {%- endif -%}
{%- endmacro %}
