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
    'basic_insurance': ('comparison|health_insurance|basic_insurance', counted),
    'serious_illness_insurance': ('comparison|health_insurance|serious_illness_insurance', counted),
    'medical_assistance': ('person|medical_assistance', own),
    'premium_subsidy': ('comparison|health_insurance|premium_subsidy', entitled),
    'family_doctor': ('comparison|health_insurance|family_doctor', entitled),
    'chronic_certificate': ('comparison|health_insurance|chronic_certificate', entitled),
    'inpatient_reimbursement': ('person|inpatient_reimbursement', money),
    'chronic_reimbursement': ('person|chronic_reimbursement', money),
    'one_stop_settlement': ('settlement|one_stop', own),
    'education_aid': ('comparison|education|education_aid', entitled),
    'yulu': ('comparison|education|yulu', entitled),
    'compulsory_education': ('person|compulsory_education', own),
    'safe_housing': ('comparison|housing|unsafe_house', safe),
} -%}
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
