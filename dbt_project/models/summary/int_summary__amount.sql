{#- Sums of money per division, yuan: reimbursements of the year and what they are a share of, medical assistance. -#}
{%- set inpatient_cost -%}
    case {{ parameter('MED-12', 'denominator', 'text', rows='p') }}
        when 'total' then p.hi_settlement__inpatient_fee_total
        else p.hi_settlement__inpatient_in_scope
    end
{%- endset -%}
{%- set chronic_cost -%}
    case {{ parameter('MED-13', 'denominator', 'text', rows='p') }}
        when 'total' then p.hi_settlement__chronic_fee_total
        else p.hi_settlement__chronic_in_scope
    end
{%- endset -%}

with person as (
    select
        county_code,
        town_code,
        village_code,
        sum(p.hi_settlement__assist_fund_pay) as medical_assistance,
        sum(p.hi_settlement__inpatient_reimbursed) as inpatient_reimbursed,
        sum({{ inpatient_cost }}) as inpatient_cost,
        sum(p.hi_settlement__chronic_reimbursed) as chronic_reimbursed,
        sum({{ chronic_cost }}) as chronic_cost
    from {{ ref('fact_person') }} as p
    where county_code is not null
    group by 1, 2, 3
),

long as (
    select
        p.county_code,
        p.town_code,
        p.village_code,
        a.amount,
        a.value
    from person as p
    cross join lateral (
        values
            ('medical_assistance', p.medical_assistance),
            ('inpatient_reimbursed', p.inpatient_reimbursed),
            ('inpatient_cost', p.inpatient_cost),
            ('chronic_reimbursed', p.chronic_reimbursed),
            ('chronic_cost', p.chronic_cost)
    ) as a (amount, value)
),

final as (
    select amount, county_code as division_code, coalesce(sum(value), 0) as value from long group by 1, 2
    union all
    select amount, town_code, coalesce(sum(value), 0) from long where town_code is not null group by 1, 2
    union all
    select amount, village_code, coalesce(sum(value), 0) from long where village_code is not null group by 1, 2
)

select * from final
