{#-
    night_events: the model's SQL gives what happened on the night (column `as_of`); the table keeps every night's rows.
    Running a night again replaces its own rows. `row_hash` makes them part of the night's fingerprint.
-#}
{% materialization night_events, adapter='postgres' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set exists_already = load_cached_relation(this) is not none -%}
    {%- set night_rows -%}
        -- The alias must be no column's name: PostgreSQL would hash that column instead of the row.
        select night_row.*, hash_record_extended(night_row, 0) as row_hash
        from ({{ sql }}) as night_row
    {%- endset -%}

    {{ run_hooks(pre_hooks) }}

    {% if exists_already %}
        {%- set columns = adapter.get_columns_in_relation(target_relation) | map(attribute='quoted') | join(', ') -%}
        {% call statement('main') %}
            delete from {{ target_relation }} where as_of = {{ as_of() }};
            insert into {{ target_relation }} ({{ columns }}) select {{ columns }} from ({{ night_rows }}) as n;
        {% endcall %}
    {% else %}
        {% call statement('main') %}
            create table {{ target_relation }} as {{ night_rows }};
            create index on {{ target_relation }} (as_of);
        {% endcall %}
        {% do persist_docs(target_relation, model) %}
    {% endif %}

    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
