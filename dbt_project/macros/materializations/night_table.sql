{#-
    night_table: the model's whole result of the night, as a table without history; kept when nothing that it is made
    from has changed. Readers see the table before until the new one is whole.
-#}
{% materialization night_table, adapter='postgres' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set standing = load_cached_relation(this) -%}
    {%- set new_table = make_intermediate_relation(target_relation) -%}

    {{ drop_relation_if_exists(load_cached_relation(new_table)) }}
    {{ run_hooks(pre_hooks) }}

    {%- set inputs = inputs_of(sql) -%}
    {% if is_made_from(target_relation, inputs) %}
        {% do tell_kept() %}
    {% else %}
        {% call statement('main') %}
            {{ get_create_table_as_sql(False, new_table, sql) }}
        {% endcall %}
        {% do create_indexes(new_table) %}
        {% if standing is not none %}{% do adapter.drop_relation(standing) %}{% endif %}
        {% do adapter.rename_relation(new_table, target_relation) %}
        {{ run_hooks(post_hooks) }}
        {% do persist_docs(target_relation, model) %}
        {% do note_inputs(target_relation, inputs) %}
    {% endif %}

    {% do adapter.commit() %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
