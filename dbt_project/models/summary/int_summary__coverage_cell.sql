{#-
    Which cells an indicator of coverage counts: met, unmet, not_comparable; `cost` is the population behind a share of
    money. Where the registry decides who is entitled, only those it names count (…:yes, and registry_only).
-#}
{%- set insured = [
    ('agree:yes', 'met'), ('department_only:yes', 'met'), ('agree:no', 'unmet'), ('registry_only:no', 'unmet'),
    ('not_comparable:yes', 'not_comparable'), ('not_comparable:no', 'not_comparable'),
] -%}
{%- set entitled = [
    ('agree:yes', 'met'), ('registry_only:no', 'unmet'), ('not_comparable:yes', 'not_comparable'),
] -%}
{%- set own = [('met', 'met'), ('unmet', 'unmet'), ('not_comparable', 'not_comparable')] -%}
{%- set money = [('counted', 'cost'), ('not_comparable', 'not_comparable')] -%}
{%- set safe = [
    ('agree:no', 'met'), ('differ:no', 'met'), ('agree:yes', 'unmet'), ('differ:yes', 'unmet'),
    ('not_comparable:yes', 'not_comparable'), ('not_comparable:no', 'not_comparable'),
] -%}
{%- set indicators = {
    'basic_insurance': ('comparison|health_insurance|basic_insurance', insured),
    'serious_illness_insurance': ('comparison|health_insurance|serious_illness_insurance', insured),
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

with final as (
    select *
    from (
        values
            {%- for indicator, (block, cells) in indicators.items() %}
            {%- set last_indicator = loop.last %}
            {%- for category, part in cells %}
            ('{{ indicator }}', '{{ block }}', '{{ category }}', '{{ part }}')
            {{- ',' if not (loop.last and last_indicator) }}
            {%- endfor %}
            {%- endfor %}
    ) as v (indicator, block, category, part)
)

select * from final
