{#-
    Departments that a county adds, without touching a model of the house. A department says what it adds in one macro
    of its own, `department__<department>()`, in a file of this folder. It returns

    mentions       entries of mention_sources: who is named in its extracts
    person_facts   models with one row per registry person (person_key) and columns of their own, joined to fact_person
    compares_names its lists give names, so <department>__name_… are facts (see name_field)
    is_compared    there is a model comparison_<department>
    counted, entitled   compared fields that the summary counts further, see comparison_block

    All but mentions may be left out. dbt sees a macro that nobody names only when it parses anew, which `prepare` has it
    do whenever the project has changed. docs/examples/human_resources adds a department this way.
-#}
{% macro added_departments() -%}
    {%- set found = {} -%}
    {#- The linter renders without dbt, and has no context. -#}
    {%- for name in (context.keys() if context is defined else []) | sort if name.startswith('department__') -%}
        {%- do found.update({name[12:]: context[name]()}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The parts of fact_person that added departments bring. -#}
{% macro added_person_facts() -%}
    {%- set parts = [] -%}
    {%- for added in added_departments().values() -%}
        {%- do parts.extend(added.get('person_facts', [])) -%}
    {%- endfor -%}
    {{ return(parts) }}
{%- endmacro %}
