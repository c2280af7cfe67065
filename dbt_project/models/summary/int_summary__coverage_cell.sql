{#-
    Which cells an indicator of coverage counts: met, unmet, not_comparable; `cost` is the population behind a share of
    money. Where the registry decides who is entitled, only those it names count.
-#}
{%- set entitled = [('agree:yes', 'met'), ('registry_only', 'unmet'), ('not_comparable:yes', 'not_comparable')] -%}
{%- set counted = [
    ('agree:yes', 'met'), ('department_only', 'met'), ('agree:no', 'unmet'), ('registry_only', 'unmet'),
    ('not_comparable', 'not_comparable'),
] -%}
{%- set safe = [
    ('agree:no', 'met'), ('differ:no', 'met'), ('agree:yes', 'unmet'), ('differ:yes', 'unmet'),
    ('not_comparable', 'not_comparable'),
] -%}
{%- set own = [('met', 'met'), ('unmet', 'unmet'), ('not_comparable', 'not_comparable')] -%}
{%- set money = [('counted', 'cost'), ('not_comparable', 'not_comparable')] -%}
{%- set indicators = {
    'medical_assistance': ('person|medical_assistance', own),
    'compulsory_education': ('person|compulsory_education', own),
    'inpatient_reimbursement': ('person|inpatient_reimbursement', money),
    'chronic_reimbursement': ('person|chronic_reimbursement', money),
    'one_stop_settlement': ('settlement|one_stop', own),
} -%}
{%- for indicator, (department, field, way) in coverage_of_fields().items() -%}
    {%- set cells = safe if indicator == 'safe_housing' else entitled if way == 'entitled' else counted -%}
    {%- do indicators.update({indicator: ('comparison|' ~ department ~ '|' ~ field, cells)}) -%}
{%- endfor -%}
{%- set rows = [] -%}
{%- for indicator, (block, cells) in indicators.items() -%}
    {%- for category, part in cells -%}
        {%- do rows.append("('" ~ indicator ~ "', '" ~ block ~ "', '" ~ category ~ "', '" ~ part ~ "')") -%}
    {%- endfor -%}
{%- endfor -%}

with final as (
    select *
    from (
        values
            {{ rows | join(',\n            ') }}
    ) as v (indicator, block, category, part)
)

select * from final
