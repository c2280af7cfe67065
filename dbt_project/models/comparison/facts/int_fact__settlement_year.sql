{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#- Settlements of the calendar year up to the night, added up per registry person. -#}
{%- set counts = {
    'settlements': ('count(*)', 'true'),
    'inpatient_settlements': ('count(*)', 'is_inpatient'),
    'chronic_settlements': ('count(*)', 'is_chronic_outpatient'),
} -%}
{%- set sums = {
    'fee_total': ('fee_total', 'true'),
    'in_scope_amount': ('in_scope_amount', 'true'),
    'reimbursed': ('reimbursed', 'true'),
    'assist_fund_pay': ('assist_fund_pay', 'true'),
    'self_paid': ('personal_total', 'true'),
    'inpatient_fee_total': ('fee_total', 'is_inpatient'),
    'inpatient_in_scope': ('in_scope_amount', 'is_inpatient'),
    'inpatient_reimbursed': ('reimbursed', 'is_inpatient'),
    'chronic_fee_total': ('fee_total', 'is_chronic_outpatient'),
    'chronic_in_scope': ('in_scope_amount', 'is_chronic_outpatient'),
    'chronic_reimbursed': ('reimbursed', 'is_chronic_outpatient'),
} -%}
{#- Stays of people who held an assistance identity when they were admitted; not known while it is not of one of them. -#}
{%- set entitled = {
    'stays': 'count(*)',
    'fee_total': 'sum(fee_total)',
    'in_scope': 'sum(in_scope_amount)',
    'reimbursed': 'sum(reimbursed)',
} -%}
with of_year as (

    select *
    from {{ ref('int_fact__settlement') }}
    where settled_year = {{ insurance_year() }} and settled_on <= {{ as_of() }}

),

per_person as (

    select
        person_key
        {%- for name, (what, when) in counts.items() %},
        ({{ what }} filter (where {{ when }}))::int as {{ name }}
        {%- endfor %}
        {%- for name, (what, when) in sums.items() %},
        coalesce(sum({{ what }}) filter (where {{ when }}), 0) as {{ name }}
        {%- endfor %},
        bool_or(is_inpatient and had_identity is null) as is_entitlement_unknown
        {%- for name, what in entitled.items() %},
        coalesce({{ what }} filter (where is_inpatient and had_identity), 0) as entitled_{{ name }}
        {%- endfor %}
    from of_year
    group by 1

),

-- The latest settlement of the year stands for the lineage.
latest as (

    select distinct on (person_key)
        person_key,
        batch_id,
        row_no,
        link_tier,
        person_name
    from of_year
    order by person_key, settled_at desc, batch_id, row_no

),

latest_row as (

    select
        l.*,
        k.name_grade as link_name_grade,
        p.settlements as rows_of_person
    from latest as l
    inner join per_person as p on p.person_key = l.person_key
    inner join {{ ref('int_identity__linked_row') }} as k
        on k.extract = 'hi_settlement' and k.batch_id = l.batch_id and k.row_no = l.row_no
        and k.person_key = l.person_key

)

select
    e.person_key,
    {{ lineage('hi_settlement', 'e', 'l') }},
    {{ said('hi_settlement', 'e', 'e.hi_settlement__waits', 'waits') }},
    {{ name_on_row('hi_settlement', 'e', 'l') }}
    {%- for name in (counts.keys() | list) + (sums.keys() | list) %},
    {{ fact('e.hi_settlement', 'p.' ~ name, '0') }} as hi_settlement__{{ name }}
    {%- endfor %}
    {%- for name in entitled %},
    case when p.is_entitlement_unknown is not true then {{ fact('e.hi_settlement', 'p.entitled_' ~ name, '0') }} end
        as hi_settlement__entitled_{{ name }}
    {%- endfor %}
from {{ ref('int_fact__evidence') }} as e
left join latest_row as l on l.person_key = e.person_key
left join per_person as p on p.person_key = e.person_key
