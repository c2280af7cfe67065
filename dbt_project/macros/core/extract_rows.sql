{#-
    Where models read extracts. Batch ids are literals in the compiled SQL, so the planner prunes partitions and
    knows their statistics; they come from ledger.night_batch, frozen when the night's reconcile starts.
    Models are named in full (stg_<department>__<extract>), because dbt must see a ref's name when it parses.
-#}

{#- The raw rows of the batch being staged; the materialization puts the batch id in, once per batch. -#}
{% macro landed(extract) -%}
    (select * from {{ source('raw', extract) }} where batch_id = {{ this_batch() }})
{%- endmacro %}

{#- Unit tests override this with a literal. -#}
{% macro this_batch() -%}
    __batch_id__
{%- endmacro %}

{#- stg_health_insurance__hi_roll -> hi_roll -#}
{% macro extract_of(staging_model) -%}
    {{ return(staging_model.split('__')[1]) }}
{%- endmacro %}

{#- The night's batches of an extract by the day they speak for, of one day as they came. -#}
{% macro night_batch_ids(extract, condition) -%}
    {%- set ids = [] -%}
    {%- if execute -%}
        {%- set rows = run_query(
            "select batch_id from ledger.night_batch where as_of = " ~ as_of()
            ~ " and extract = '" ~ extract ~ "' and " ~ condition ~ " order by data_date nulls first, batch_id"
        ) -%}
        {%- for row in rows -%}{%- do ids.append(row[0] | int) -%}{%- endfor -%}
    {%- endif -%}
    {{ return(ids) }}
{%- endmacro %}

{#-
    The accepted (or the quarantined) rows of some batches, exact repeats left out; of an extract that comes in deltas, each
    row as the newest of them has it.
-#}
{% macro _rows_of_batches(staging_model, batch_ids, quarantined) -%}
    {%- set keys = _keys_of_delta(extract_of(staging_model)) if batch_ids | length > 1 else [] %}
    {%- set oldest_first = 'array[' ~ batch_ids | join(', ') ~ ']::bigint[]' %}
    (
        select s.*
        from {{ ref(staging_model) }} as s
        where
            {% if batch_ids -%}
            s.batch_id in ({{ batch_ids | join(', ') }})
            {%- else -%}
            false
            {%- endif %}
            and not s.is_repeat
            and {{ 'exists' if quarantined else 'not exists' }} (
                select from {{ source('ledger', 'quarantined_tonight') }} as q
                where q.batch_id = s.batch_id and q.row_no = s.row_no
            )
            {%- if keys %}
            and not exists (
                select from {{ ref(staging_model) }} as later
                where later.batch_id in ({{ batch_ids | join(', ') }})
                    and array_position({{ oldest_first }}, later.batch_id) > array_position({{ oldest_first }}, s.batch_id)
                    {%- for key in keys %}
                    and later.{{ key }} = s.{{ key }}
                    {%- endfor %}
                    and not exists (
                        select from {{ source('ledger', 'quarantined_tonight') }} as q
                        where q.batch_id = later.batch_id and q.row_no = later.row_no
                    )
            )
            {%- endif %}
    )
{%- endmacro %}

{#-
    Of an extract that comes in deltas, the columns that tell its rows apart; nothing of a full list. A row that has changed
    comes once more, and the later one stands: that of the later data date, whichever came first, for a correction of an
    older delta knows nothing of what has changed since. A blank key replaces nothing, nor does a row in quarantine.
-#}
{% macro _keys_of_delta(extract) -%}
    {%- set keys = [] -%}
    {%- if execute -%}
        {%- set rows = run_query(
            "select k.name from reference.extract as e cross join unnest(e.keys) with ordinality as k (name, place)"
            ~ " where e.extract = '" ~ extract ~ "' and e.content = 'delta' order by k.place"
        ) -%}
        {%- for row in rows -%}{%- do keys.append(row[0]) -%}{%- endfor -%}
    {%- endif -%}
    {{ return(keys) }}
{%- endmacro %}

{#- Rows of the list compared this night; quarantined rows and exact repeats left out. -#}
{% macro in_force(staging_model) -%}
    {{ _rows_of_batches(staging_model, night_batch_ids(extract_of(staging_model), 'is_current'), false) }}
{%- endmacro %}

{#- The quarantined rows of the list compared this night. -#}
{% macro quarantined(staging_model) -%}
    {{ _rows_of_batches(staging_model, night_batch_ids(extract_of(staging_model), 'is_current'), true) }}
{%- endmacro %}

{#- Rows of every list that was in force for its month, with `list_month`. -#}
{% macro in_force_history(staging_model) -%}
    {%- set extract = extract_of(staging_model) -%}
    (
        select h.*, b.list_month
        from {{ _rows_of_batches(staging_model, night_batch_ids(extract, 'true'), false) }} as h
        inner join {{ source('ledger', 'batch_tonight') }} as b
            on b.batch_id = h.batch_id and b.extract = '{{ extract }}'
    )
{%- endmacro %}

{#- What the night knows of an extract as a whole: 'no_batch', 'stale_batch' or null (comparable). -#}
{% macro extract_state(extract) -%}
    (
        select case when count(*) = 0 then 'no_batch' when bool_and(is_stale) then 'stale_batch' end
        from {{ source('ledger', 'batch_tonight') }}
        where extract = '{{ extract }}' and is_current
    )
{%- endmacro %}
