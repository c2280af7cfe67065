{#-
    The night as a date literal: the only "today" that logic may know.

    It comes from the session (PGOPTIONS sets bidui.as_of), not from --vars: changed vars make dbt parse the whole
    project again, every night and in every layer. Unit tests override this macro with a literal.
-#}
{% macro as_of() -%}
    {%- if execute -%}
        {%- set rows = run_query("select coalesce(nullif(current_setting('bidui.as_of', true), ''), '1900-01-01')") -%}
        date '{{ rows[0][0] }}'
    {%- else -%}
        date '1900-01-01'
    {%- endif -%}
{%- endmacro %}
