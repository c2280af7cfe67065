{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}, indexes=[{'columns': ['person_key']}]) }}
{#-
    A settlement tells of a person whom it is linked to; of the same days twice, or of days that overlap, both rows say so.
-#}
with settlement as (

    select
        s.*,
        s.settled_at::date as settled_on,
        coalesce(s.admitted_on, s.settled_at::date) as service_on,
        {{ service_month('s') }} as service_month,
        coalesce(s.discharged_on, s.admitted_on, s.settled_at::date) as service_end_on,
        case when s.visit_type = '门诊慢特病' then
            sum(s.personal_total) over (
                partition by s.person_key, date_trunc('month', s.settled_at), s.visit_type = '门诊慢特病'
            )
        end as chronic_month_self_paid
    from {{ linked_rows('stg_health_insurance__hi_settlement') }} as s

),

-- Stays that share more than the day of a transfer from one to the other, or that are of the very same days.
overlap as (

    select
        a.person_key,
        a.batch_id,
        a.row_no,
        count(*)::int as overlapping_stays,
        (count(*) filter (
            where b.institution_code = a.institution_code or b.institution_name = a.institution_name
        ))::int as same_institution_overlaps
    from settlement as a
    inner join settlement as b
        on b.person_key = a.person_key
        and (
            (b.admitted_on < a.service_end_on and b.service_end_on > a.admitted_on)
            or (b.admitted_on = a.admitted_on and b.service_end_on = a.service_end_on)
        )
        and (b.batch_id, b.row_no) <> (a.batch_id, a.row_no)
    where a.visit_type = '住院' and b.visit_type = '住院'
    group by 1, 2, 3

),

final as (

    select
        s.person_key,
        r.person_no,
        r.household_key,
        r.household_no,
        s.batch_id,
        s.row_no,
        s.link_tier,
        r.county_code,
        r.town_code,
        r.village_code,
        s.person_name,
        s.psn_no,
        s.insurance_kind,
        s.psn_type,
        s.visit_type,
        s.settled_at,
        s.settled_on,
        extract(year from s.settled_on)::int as settled_year,
        date_trunc('month', s.settled_on)::date as settled_month,
        s.admitted_on,
        s.discharged_on,
        s.service_on,
        s.service_month,
        s.disease_code,
        s.fee_total,
        s.own_pay,
        s.over_limit_self_pay,
        s.pre_self_pay,
        s.in_scope_amount,
        s.deductible,
        s.basic_fund_pay,
        s.serious_fund_pay,
        s.assist_fund_pay,
        s.other_fund_pay,
        s.fund_pay_total,
        s.account_pay,
        s.personal_total,
        s.cash_pay,
        s.hospital_pay,
        s.institution_code,
        s.institution_name,
        s.is_in_county,
        s.settlement_mode,
        s.visit_type = '住院' as is_inpatient,
        s.visit_type = '门诊慢特病' as is_chronic_outpatient,
        paid.reimbursed,
        case
            when coalesce(s.account_pay, s.cash_pay) is not null
                then s.personal_total - coalesce(s.account_pay, 0) - coalesce(s.cash_pay, 0)
        end as personal_gap,
        coalesce(o.overlapping_stays, 0) as overlapping_stays,
        s.chronic_month_self_paid,
        coalesce(o.same_institution_overlaps, 0) as same_institution_overlaps,
        d.death__died_on as died_on,
        s.service_on - d.death__died_on as days_after_death,
        i.identities as registry_identities,
        i.has_any as had_identity,
        m.monitor_category is not null and coalesce(m.risk_cleared_on, 'infinity') > m.month as is_monitored,
        m.is_poor_registered,
        m.household_type,
        r.is_chronic,
        h.hi_chronic__has_certificate,
        e.hi_settlement__waits as waits
    from settlement as s
    inner join {{ ref('int_fact__registry') }} as r on r.person_key = s.person_key
    left join {{ ref('int_fact__standing_month') }} as m on m.person_key = s.person_key and m.month = s.service_month
    left join {{ ref('int_fact__identity_month') }} as i on i.person_key = s.person_key and i.month = s.service_month
    inner join {{ ref('int_fact__death') }} as d on d.person_key = s.person_key
    inner join {{ ref('int_fact__health_lists') }} as h on h.person_key = s.person_key
    inner join {{ ref('int_fact__evidence') }} as e on e.person_key = s.person_key
    left join overlap as o on o.person_key = s.person_key and o.batch_id = s.batch_id and o.row_no = s.row_no
    cross join lateral (
        select
            case
                when coalesce(s.basic_fund_pay, s.serious_fund_pay, s.assist_fund_pay, s.other_fund_pay) is not null
                    then coalesce(s.basic_fund_pay, 0) + coalesce(s.serious_fund_pay, 0)
                        + coalesce(s.assist_fund_pay, 0) + coalesce(s.other_fund_pay, 0)
            end as reimbursed
    ) as paid

)

select * from final
