{#-
    What makes a row the row it is: a hash of everything delivered, running numbers left out, and whether an earlier row
    of the batch says exactly the same. `columns` are the contract's columns without the running number.
-#}
{% macro row_hash(columns) -%}
    hash_record_extended(row({{ columns | join(', ') }}), 0)
{%- endmacro %}

{#- A CTE's body: each hash that comes more than once, with the row that came first. -#}
{% macro repeated_rows(extract, columns) -%}
    select
        row_hash,
        min(row_no) as first_row_no
    from (
        select
            row_no,
            {{ row_hash(columns) }} as row_hash
        from {{ landed(extract) }} as delivered
    ) as hashed
    group by row_hash
    having count(*) > 1
{%- endmacro %}

{#- Whether the row says exactly what an earlier one of the batch says. -#}
{% macro is_repeat() -%}
    coalesce(cleaned.row_no > repeated.first_row_no, false) as is_repeat
{%- endmacro %}
