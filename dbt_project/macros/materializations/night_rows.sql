{#-
    night_rows: the model's SQL gives the whole result of the night; the table keeps rows valid [from_night, to_night)
    and only what changed is written; nothing at all when nothing that it is made from has changed.

    config(key=[…]) names the model's key, checked for duplicates each night. Running the newest night again first
    takes back what that night wrote, so the second run ends where the first did. A night older than the newest in the
    table is refused: publishing goes forward, `bidui rebuild` goes back on purpose.
-#}
{% materialization night_rows, adapter='postgres' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set key = config.require('key') -%}
    {%- set night = as_of() -%}
    {%- set new_rows = api.Relation.create(
        database=this.database, schema=this.schema, identifier=this.identifier ~ '__new', type='table'
    ) -%}
    {%- set exists_already = load_cached_relation(this) is not none -%}
    {%- set same_key -%}
        {%- for column in key %}o.{{ column }} = n.{{ column }}{{ ' and ' if not loop.last }}{% endfor -%}
    {%- endset -%}

    {{ run_hooks(pre_hooks) }}

    {% if exists_already %}
        {%- set newest = run_query("select max(from_night)::text from " ~ target_relation)[0][0] -%}
        {% if newest is not none and "date '" ~ newest ~ "'" > night %}
            {{ exceptions.raise_compiler_error(
                this.identifier ~ " already holds the night " ~ newest ~ "; an older night is replayed or rebuilt, never written over"
            ) }}
        {% endif %}
    {% endif %}
    {%- set inputs = inputs_of(sql) -%}
    {% if is_made_from(target_relation, inputs) %}
        {% do tell_kept() %}
        {% do adapter.commit() %}
        {{ return({'relations': [target_relation]}) }}
    {% endif %}

    {% if exists_already %}
        {% call statement('take_back') %}
            delete from {{ target_relation }} where from_night = {{ night }};
            update {{ target_relation }} set to_night = 'infinity' where to_night = {{ night }};
        {% endcall %}
    {% endif %}

    {% call statement('compute') %}
        drop table if exists {{ new_rows }};
        create unlogged table {{ new_rows }} as
        -- The alias must be no column's name: PostgreSQL would hash that column instead of the row.
        select night_row.*, hash_record_extended(night_row, 0) as row_hash
        from ({{ sql }}) as night_row;
        analyze {{ new_rows }};
    {% endcall %}

    {% if not exists_already %}
        {% call statement('create') %}
            create table {{ target_relation }} as
            select n.*, {{ night }} as from_night, 'infinity'::date as to_night from {{ new_rows }} as n;
            create unique index on {{ target_relation }} ({{ key | join(', ') }}) where to_night = 'infinity';
            create index on {{ target_relation }} (from_night);
        {% endcall %}
        {% do persist_docs(target_relation, model) %}
    {% else %}
        {%- set columns = adapter.get_columns_in_relation(new_rows) | map(attribute='quoted') | join(', ') -%}
        {% call statement('write_changes') %}
            update {{ target_relation }} as o
            set to_night = {{ night }}
            where o.to_night = 'infinity'
                and not exists (
                    select from {{ new_rows }} as n where {{ same_key }} and n.row_hash = o.row_hash
                );
            insert into {{ target_relation }} ({{ columns }}, from_night, to_night)
            select {{ columns }}, {{ night }}, 'infinity'
            from {{ new_rows }} as n
            where not exists (
                select from {{ target_relation }} as o where {{ same_key }} and o.to_night = 'infinity'
            );
        {% endcall %}
    {% endif %}

    {#- What is in force on a night, found and counted without a look at the nights before: rows closed earlier come first
        in it. With the county, which row rights ask for. -#}
    {%- set in_force = ['to_night', 'from_night'] -%}
    {% if 'county_code' in adapter.get_columns_in_relation(target_relation) | map(attribute='name') %}
        {% do in_force.append('county_code') %}
    {% endif %}
    {% call statement('index') %}
        create index if not exists {{ this.identifier }}_in_force_idx on {{ target_relation }} ({{ in_force | join(', ') }});
    {% endcall %}

    {% call statement('main') %}
        drop table {{ new_rows }}
    {% endcall %}

    {{ run_hooks(post_hooks) }}
    {% do note_inputs(target_relation, inputs, of_nights=true) %}
    {% do adapter.commit() %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
