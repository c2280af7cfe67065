{{ config(
    materialized='night_rows',
    key=['subject_kind', 'subject_key', 'field'],
    meta={'dist_key': 'subject_key'},
) }}
{#- The roll follows birth by weeks: who is so young is not missed on it yet. -#}
{%- set newborn = 'f.person_key in (select person_key from ' ~ ref('int_fact__newborn') ~ ')' -%}
{#- Whom the county owes a family doctor: everybody, or the chronically ill. -#}
{%- set is_obliged -%}
    case {{ parameter('MED-15', 'obliged', 'text') }} when 'all' then true when 'chronic' then f.is_chronic end
{%- endset -%}
{#- By the identities held when the premium was paid, not by tonight's. -#}
{%- set entitled_to_subsidy -%}
    string_to_array(f.premium__identities, '|') && {{ subsidised_identities() }}
{%- endset -%}

with evidence as (
    {{ benefit_field(
        'basic_insurance',
        registry='f.says_insured',
        department='f.basic_insurance__is_insured',
        scope='f.in_entitlement_scope and not ' ~ newborn,
        state='f.basic_insurance__state',
        row={'prefix': 'basic_insurance__', 'extracts': ['hi_roll', 'hi_enrol_check']}
    ) }}
    union all
    {{ benefit_field(
        'serious_illness_insurance',
        registry='f.has_serious_illness_insurance',
        department='f.hi_roll__has_serious_illness_insurance',
        scope='f.in_entitlement_scope and f.basic_insurance__is_insured',
        state='coalesce(
            f.hi_roll__state,
            f.basic_insurance__state,
            case when f.hi_roll__has_serious_illness_insurance is null then f.hi_roll__waits end
        )',
        row={'prefix': 'hi_roll__', 'extracts': ['hi_roll']}
    ) }}
    union all
    {{ benefit_field(
        'premium_subsidy',
        registry='coalesce(' ~ entitled_to_subsidy ~ ', false)',
        department='f.premium_subsidy__is_paid',
        scope='f.in_entitlement_scope and f.basic_insurance__is_resident',
        state='coalesce(f.premium_subsidy__state, f.basic_insurance__state, f.premium__identity_state)',
        row={'prefix': 'premium_subsidy__', 'extracts': ['hi_premium_request', 'hi_enrol_check']}
    ) }}
    union all
    {{ attribute_field(
        'assistance_identity',
        registry='f.registry_identity',
        department='f.hi_subsidy_target__assist_identity',
        scope='f.in_entitlement_scope and (f.hi_subsidy_target__is_listed or f.registry_identity is not null)',
        state='f.hi_subsidy_target__state',
        row={'prefix': 'hi_subsidy_target__', 'extracts': ['hi_subsidy_target']},
        one_sided=true,
        grade="case
            when f.hi_subsidy_target__assist_identity = any(string_to_array(f.registry_identities, '|'))
                then 'other_priority'
            else 'different'
        end"
    ) }}
    union all
    {{ benefit_field(
        'medical_assistance',
        registry='f.has_medical_assistance',
        department='f.hi_settlement__assist_fund_pay > 0',
        scope='f.hi_settlement__settlements > 0',
        state='coalesce(
            f.hi_settlement__state,
            case when f.hi_settlement__assist_fund_pay = 0 then f.hi_settlement__waits end
        )',
        row={'prefix': 'hi_settlement__', 'extracts': ['hi_settlement']}
    ) }}
    union all
    {{ benefit_field(
        'chronic_certificate',
        registry='f.is_chronic',
        department='f.hi_chronic__has_certificate',
        scope='f.in_entitlement_scope',
        state='coalesce(
            f.hi_chronic__state, case when f.hi_chronic__has_certificate is null then f.hi_chronic__waits end
        )',
        row={'prefix': 'hi_chronic__', 'extracts': ['hi_chronic']}
    ) }}
    union all
    {{ benefit_field(
        'family_doctor',
        registry=is_obliged,
        department='f.hi_chronic__has_contract',
        scope='f.in_entitlement_scope',
        state='coalesce(
            f.hi_chronic__state, case when f.hi_chronic__has_contract is null then f.hi_chronic__waits end
        )',
        row={'prefix': 'hi_chronic__', 'extracts': ['hi_chronic']}
    ) }}
    union all
    {{ name_field(
        'health_insurance',
        [
            'hi_roll', 'hi_subsidy_target', 'hi_enrol_check', 'hi_premium_request', 'hi_settlement', 'hi_chronic',
        ]
    ) }}
    union all
    {#-
        The number that linked the row says the sex; the roll's own column where the link is not by number, or where
        the number is also another registry person's: it may be the other's sex.
    -#}
    {%- set roll_sex = "case
            when f.hi_roll__link_tier = '1' and coalesce(f.id_names, 1) = 1 then coalesce(f.id_sex, f.hi_roll__sex)
            else f.hi_roll__sex
        end" %}
    {{ attribute_field(
        'sex',
        registry='f.sex',
        department=roll_sex,
        scope=linked_and_usable('f.hi_roll__state', 'f.hi_roll__batch_id', ['f.sex', roll_sex]),
        state='f.hi_roll__state',
        row={'prefix': 'hi_roll__', 'extracts': ['hi_roll']}
    ) }}
)

{{ judged('evidence') }}
