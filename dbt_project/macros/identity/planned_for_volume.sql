{#-
    Put at the head of a model that joins large relations. Windows and CTEs hide row counts from the planner: expecting
    one row it takes a nested loop, which on 100,000 rows never ends; all joins here are equalities, so hashing is never
    the wrong choice by much. And a table just made has no statistics until somebody asks for them: the next model needs
    them.
-#}
{% macro planned_for_volume() -%}
    {{ config(pre_hook="set local enable_nestloop = off", post_hook="analyze {{ this }}") }}
{%- endmacro %}
