{#-
    batch_partition: one partition per batch of an extract, filled once from the batch's raw rows.

    The model is compiled once; `__batch_id__` stands for the batch. Each batch is a `create table as` (parallel plan,
    no WAL where the server allows), then attached: Great Expectations validates that table, and dropping a batch is
    dropping a table. A batch that is staged already is replaced, so a cleared task can simply run again.

    The model may have changed since the parent was made. A new column is added, empty for the batches that are there; a
    column that went is dropped (the delivered text stays in raw); another type is refused, since values would be lost.
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

    {% if found[0] is none or wanted | length > 0 %}
        {% call statement('shape') %}
            drop table if exists {{ shape }};
            create unlogged table {{ shape }} as {{ sql | replace('__batch_id__', '0') }} with no data;
        {% endcall %}
        {% if found[0] is none %}
            {% call statement('create_parent') %}
                create table {{ target_relation }} (like {{ shape }}) partition by list (batch_id);
            {% endcall %}
            {% do persist_docs(target_relation, model) %}
        {% elif reshaped(target_relation, shape) %}
            {% do persist_docs(target_relation, model) %}
        {% endif %}
        {% call statement('drop_shape') %}
            drop table {{ shape }};
        {% endcall %}
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

{#- Give a partitioned table the columns of `shape`; true when it had others. -#}
{% macro reshaped(parent, shape) -%}
    {%- set differences = run_query(
        "select coalesce(n.attname, o.attname), format_type(n.atttypid, n.atttypmod), format_type(o.atttypid, o.atttypmod)"
        ~ " from (select * from pg_attribute where attrelid = '" ~ shape ~ "'::regclass and attnum > 0 and not attisdropped) as n"
        ~ " full join (select * from pg_attribute where attrelid = '" ~ parent ~ "'::regclass and attnum > 0 and not attisdropped)"
        ~ " as o on o.attname = n.attname"
        ~ " where (n.atttypid, n.atttypmod) is distinct from (o.atttypid, o.atttypmod) order by n.attnum"
    ) -%}
    {%- for column, wanted_type, present_type in differences %}
        {%- if wanted_type and present_type %}
            {%- do exceptions.raise_compiler_error(
                parent.identifier ~ "." ~ column ~ " is " ~ present_type ~ " in the batches staged so far and " ~ wanted_type
                ~ " in the model: give the column another name, or alter staging." ~ parent.identifier ~ " by a migration"
                ~ " · 已入库批次中该列的类型不同：请为该列另取名称，或用迁移脚本修改表"
            ) -%}
        {%- endif %}
        {%- call statement('reshape_' ~ column) %}
            alter table {{ parent }}
            {{ 'add column ' ~ adapter.quote(column) ~ ' ' ~ wanted_type if wanted_type else 'drop column ' ~ adapter.quote(column) }}
        {%- endcall %}
    {%- endfor %}
    {{ return(differences | length > 0) }}
{%- endmacro %}
