{#-
    How far apart two normalised names are: same, variant (a lost character, a middle dot), one_character, different,
    missing.
-#}
{% macro name_grade(ours, theirs) -%}
    coalesce(parse.name_matches({{ ours }}, {{ theirs }}), 'missing')
{%- endmacro %}
