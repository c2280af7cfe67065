{#- Sums of money per division, yuan: reimbursements of the year and what they are a share of, medical assistance. -#}
with person as (
    select
        p.county_code,
        p.town_code,
        p.village_code,
        p.hi_settlement__assist_fund_pay as medical_assistance,
        p.hi_settlement__inpatient_reimbursed as inpatient_reimbursed,
        {{ settlement_cost('inpatient', 'MED-12') }} as inpatient_cost,
        p.hi_settlement__chronic_reimbursed as chronic_reimbursed,
        {{ settlement_cost('chronic', 'MED-13') }} as chronic_cost
    from {{ ref('int_fact__person') }} as p
    where p.county_code is not null
),

village as (
    select
        county_code,
        town_code,
        village_code,
        sum(medical_assistance) as medical_assistance,
        sum(inpatient_reimbursed) as inpatient_reimbursed,
        sum(inpatient_cost) as inpatient_cost,
        sum(chronic_reimbursed) as chronic_reimbursed,
        sum(chronic_cost) as chronic_cost
    from person
    group by county_code, town_code, village_code
),

final as (
    select
        a.amount,
        d.division_code,
        coalesce(sum(a.value), 0) as value
    from village as v
    cross join lateral (values (v.county_code), (v.town_code), (v.village_code)) as d (division_code)
    cross join
        lateral (
            values
            ('medical_assistance', v.medical_assistance),
            ('inpatient_reimbursed', v.inpatient_reimbursed),
            ('inpatient_cost', v.inpatient_cost),
            ('chronic_reimbursed', v.chronic_reimbursed),
            ('chronic_cost', v.chronic_cost)
        ) as a (amount, value)
    where d.division_code is not null
    group by a.amount, d.division_code
)

select * from final
