{#-
    The residual model of the night, as a literal: the one frozen with the night's inputs; a session may name another
    (`bidui linkage diff` does), and where nothing is frozen the last one activated counts.
-#}
{% macro link_model_version() -%}
    {%- if execute -%}
        {%- set rows = run_query(
            "select coalesce(nullif(current_setting('bidui.link_model', true), ''),"
            ~ " (select model_version from ledger.night_linkage where as_of = " ~ as_of() ~ "),"
            ~ " ledger.active_link_model())"
        ) -%}
        '{{ rows[0][0] }}'
    {%- else -%}
        ''
    {%- endif -%}
{%- endmacro %}

{#- The last reviewer's verdict that the night knows, as a literal; where nothing is frozen, every one. -#}
{% macro last_verdict_id() -%}
    {%- if execute -%}
        {%- set rows = run_query(
            "select coalesce((select last_verdict_id from ledger.night_linkage where as_of = " ~ as_of() ~ "),"
            ~ " (select max(verdict_id) from ledger.link_verdict), 0)"
        ) -%}
        {{ rows[0][0] }}
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}
