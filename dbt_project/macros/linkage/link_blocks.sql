{#-
    Which pairs are compared: a claim and a registry person that agree on one of these keys. A damaged value spoils some
    keys and leaves others. A key is an expression over either side, NULL where there is none.

    between_numbered    also between a claim with a valid number and a person with another valid one. They are two
                        people, or one whom somebody knows under a wrong number: only the narrowest keys look for that,
                        since comparing all such pairs was 96 % of the work. Elsewhere one side has no number to be
                        found by.
-#}
{% macro link_blocks() -%}
    {%- set last_4 = "case when length(id_no) >= 15 then name_norm || ' ' || right(id_no, 4) end" -%}
    {%- set end_of_number = "case when length(id_no) = 18 then right(id_no, 8) end" -%}
    {{ return([
        {'name': 'name_birth', 'key': "name_norm || ' ' || known_birth_date", 'between_numbered': true},
        {'name': 'name_village', 'key': "name_norm || ' ' || village_code"},
        {'name': 'name_last_4', 'key': last_4},
        {'name': 'birth_village', 'key': "known_birth_date || ' ' || village_code"},
        {'name': 'number_end', 'key': end_of_number},
        {'name': 'number_15', 'key': 'number_15'},
        {'name': 'name_household', 'key': "name_norm || ' ' || coalesce(holder_household_key, household_key)",
         'person_key': "name_norm || ' ' || household_key", 'between_numbered': true},
    ]) }}
{%- endmacro %}
