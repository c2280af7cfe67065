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

{#- Year of the night, to reckon with where a statement is written: the statement then names the year and not the night. -#}
{% macro night_year() -%}
    {{- (as_of() | trim)[6:10] -}}
{%- endmacro %}

{#- Month of the night, 01 to 12. -#}
{% macro night_month() -%}
    {{- (as_of() | trim)[11:13] -}}
{%- endmacro %}

{#- The night published before this one, as a date literal; null::date before there is any. -#}
{% macro published_before() -%}
    {%- if execute -%}
        {%- set rows = run_query(
            "select max(as_of)::text from ledger.run where as_of < " ~ as_of()
            ~ " and status = 'published' and kind <> 'replay'"
        ) -%}
        {%- if rows[0][0] -%}{{ return("date '" ~ rows[0][0] ~ "'") }}{%- endif -%}
    {%- endif -%}
    {{ return('null::date') }}
{%- endmacro %}

{#- Rows of a night_rows table as they stand this night: the open ones, since an older night is never built over it. -#}
{% macro this_night(relation) -%}
    (select * from {{ relation }} where to_night = 'infinity') as standing
{%- endmacro %}

{#-
    What a table of nights said before this one, as a subquery; none where it has no earlier night to say anything about.
    Not a ref: the table may be the very one being built, or one of a later layer.
-#}
{% macro night_before(schema, table) -%}
    {%- if execute -%}
        {%- set standing = adapter.get_relation(database=target.database, schema=beside(schema), identifier=table) -%}
        {%- if standing is not none -%}
            {%- set rows -%}
                (select * from {{ standing }} where from_night < {{ as_of() }} and to_night >= {{ as_of() }})
            {%- endset -%}
            {{ return(rows) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}
