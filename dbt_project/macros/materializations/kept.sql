{#-
    A table is made anew only when something that it is made from has changed. `include/sql/038_kept_table.sql` says what
    that is and how it is known; here is what the materializations of marts ask it.

    So a model whose statement names the night (`as_of()`) is built every night, and its readers only if its rows
    came out differently. Where the night only chooses what was frozen for it, read the views `…_tonight`; where a longer
    period is meant (year, term), write that as a literal: neither names the night.
-#}

{#- Digest of what the statement is made from, as the model is configured; none: it cannot be kept. -#}
{% macro inputs_of(sql_text) -%}
    {%- call statement('inputs', fetch_result=True) -%}
        select ledger.inputs_of($statement${{ sql_text }}$statement$)
    {%- endcall -%}
    {%- set inputs = load_result('inputs').data[0][0] -%}
    {{ return(local_md5(inputs ~ tojson(model.config, sort_keys=true)) if inputs is not none else none) }}
{%- endmacro %}

{#- Whether the table as it stands was made from just that. -#}
{% macro is_made_from(relation, inputs) -%}
    {%- if inputs is none or flags.FULL_REFRESH -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set found = run_query(
        "select 1 as kept from ledger.kept_table where schema_name = '" ~ relation.schema ~ "' and table_name = '" ~ relation.identifier
        ~ "' and relation = to_regclass('" ~ relation ~ "')::oid and inputs = '" ~ inputs ~ "'"
    ) -%}
    {{ return(found | length > 0) }}
{%- endmacro %}

{#- In the transaction that made the table: what it was made from. -#}
{% macro note_inputs(relation, inputs, of_nights=false) -%}
    {% call statement('note_inputs') %}
        select ledger.note_table(
            '{{ relation }}'::regclass, {{ "'" ~ inputs ~ "'" if inputs is not none else 'null' }}, {{ of_nights }}
        )
    {% endcall %}
{%- endmacro %}

{#- What dbt tells of a model that was kept. -#}
{% macro tell_kept() -%}
    {% call noop_statement('main', 'KEPT', 'KEPT', 0) %}
        -- kept: nothing that it is made from has changed
    {% endcall %}
{%- endmacro %}
