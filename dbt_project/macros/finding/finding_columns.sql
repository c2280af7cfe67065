{#- What a finding says, in the order in which mart_finding.finding has it: `rows` is an alias, `without` leaves columns out. -#}
{% macro finding_says(rows, without=[]) -%}
    {%- for column in [
        'rule_id', 'rule_version', 'severity', 'departments', 'owner_department', 'subject_kind', 'subject_key', 'object_key',
        'household_key', 'household_no', 'county_code', 'town_code', 'village_code', 'evidence', 'value_hash',
    ] if column not in without -%}
        {{ rows }}.{{ column }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Where a finding stood when a night was over. -#}
{% macro finding_stood() -%}
    {{ return({
        'state': 'text',
        'is_baseline': 'boolean',
        'cause_finding_id': 'text',
        'first_seen': 'date',
        'last_seen': 'date',
        'opened_on': 'date',
        'closed_on': 'date',
        'close_reason': 'text',
        'times_opened': 'int',
        'outcome_id': 'bigint',
        'from_night': 'date',
    }) }}
{%- endmacro %}

{#- Subject kind → its own facts and their key. -#}
{% macro subject_facts() -%}
    {{ return({'person': ('fact_person', 'person_key'), 'household': ('fact_household', 'household_key')}) }}
{%- endmacro %}
