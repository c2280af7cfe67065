{#-
    Which pairs are compared: a claim and a registry person that agree on one of these keys. A damaged value spoils some
    keys and leaves others. A key is an expression over either side, NULL where there is none; `birth_day` is the birth
    date as YYYYMMDD. Keys are hashes of 64 bits, because the key of every row of every list is looked up: texts took three
    times as long. Two keys of one hash cost a comparison and decide nothing.

    between_numbered    also between a claim with a valid number and a person with another valid one. They are two
                        people, or one whom somebody knows under a wrong number: only the narrowest keys look for that,
                        since comparing all such pairs was 96 % of the work. Elsewhere one side has no number to be
                        found by.
-#}
{% macro link_blocks() -%}
    {%- set last_4 = "case when length(id_no) >= 15 then " ~ text_hash('name_norm', 'right(id_no, 4)') ~ " end" -%}
    {%- set end_of_number = "case when length(id_no) = 18 then " ~ text_hash('right(id_no, 8)') ~ " end" -%}
    {{ return([
        {'name': 'name_birth', 'key': day_hash('name_norm', 'birth_day'), 'between_numbered': true},
        {'name': 'name_village', 'key': text_hash('name_norm', 'village_code')},
        {'name': 'name_last_4', 'key': last_4},
        {'name': 'birth_village', 'key': day_hash('village_code', 'birth_day')},
        {'name': 'number_end', 'key': end_of_number},
        {'name': 'number_15', 'key': 'number_15::bigint'},
        {'name': 'name_household', 'key': text_hash('name_norm', 'coalesce(holder_household_key, household_key)'),
         'person_key': text_hash('name_norm', 'household_key'), 'between_numbered': true},
    ]) }}
{%- endmacro %}

{#- Two texts, or one, as a key. NULL where either is. -#}
{% macro text_hash(text, second=none) -%}
    hashtextextended({{ text }}, {{ text_hash(second) if second else 0 }})
{%- endmacro %}

{#- A text and a day (YYYYMMDD) as a key. NULL where either is. -#}
{% macro day_hash(text, day) -%}
    hashtextextended({{ text }}, {{ day }})
{%- endmacro %}
