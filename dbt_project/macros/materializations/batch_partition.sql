{#-
    batch_partition: one partition per batch of an extract, filled once from the batch's raw rows.

    The model is compiled once; `__batch_id__` stands for the batch. Each batch is a `create table as` (parallel plan,
    no WAL where the server allows), then attached: Great Expectations validates that table, and dropping a batch is
    dropping a table. A batch that is staged already is replaced, so a cleared task can simply run again.
-#}
{% materialization batch_partition, adapter='postgres' %}
    {%- set extract = model['alias'] -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set shape = api.Relation.create(
        database=this.database, schema=this.schema, identifier=extract ~ '__shape', type='table'
    ) -%}
    {%- set check_parent -%}
        select to_regclass('{{ target_relation }}')::text
    {%- endset -%}
    {%- set found = run_query(check_parent)[0] -%}

    {{ run_hooks(pre_hooks) }}

    {%- set wanted = run_query(
        "select batch_id from ledger.batch where extract = '" ~ extract ~ "' and status = 'landed' and rows_landed > 0"
        ~ " and as_of <= " ~ as_of() ~ " order by batch_id"
    ) -%}

    {% if found[0] is none %}
        {% call statement('create_parent') %}
            create table {{ shape }} as {{ sql | replace('__batch_id__', '0') }} with no data;
            create table {{ target_relation }} (like {{ shape }}) partition by list (batch_id);
            drop table {{ shape }};
        {% endcall %}
        {% do persist_docs(target_relation, model) %}
    {% endif %}

    {% for row in wanted %}
        {%- set batch_id = row[0] | int -%}
        {%- set partition = api.Relation.create(
            database=this.database, schema=this.schema, identifier=extract ~ '__b' ~ batch_id, type='table'
        ) -%}
        {% call statement('batch_' ~ batch_id) %}
            drop table if exists {{ partition }};
            create table {{ partition }} as {{ sql | replace('__batch_id__', batch_id | string) }};
            alter table {{ partition }} add constraint one_batch check (batch_id = {{ batch_id }});
            alter table {{ target_relation }} attach partition {{ partition }} for values in ({{ batch_id }});
            alter table {{ partition }} drop constraint one_batch;
            analyze {{ partition }};
        {% endcall %}
    {% endfor %}

    {% call statement('main') %}
        select {{ wanted | length }} as batches
    {% endcall %}

    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
