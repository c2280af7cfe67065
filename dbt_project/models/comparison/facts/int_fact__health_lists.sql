{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}, indexes=[{'columns': ['person_key'], 'unique': true}]) }}
{#- Insurance, premium, subsidy and chronic lists, per registry person. -#}
with evidence as (

    select * from {{ ref('int_fact__evidence') }}

),

per_list as (

    select
        e.person_key,

        {{ lineage('hi_roll', 'e', 'r') }},
        {{ name_on_row('hi_roll', 'e', 'r') }},
        {{ said('hi_roll', 'e', 'e.hi_roll__waits', 'waits') }},
        {{ fact_of_all_rows('e.hi_roll', 'r.is_insured', 'false') }} as hi_roll__is_insured,
        {{ fact_of_all_rows('e.hi_roll', 'r.is_resident', 'false') }} as hi_roll__is_resident,
        {{ fact_of_all_rows('e.hi_roll', 'r.is_employee', 'false') }} as hi_roll__is_employee,
        {{ said('hi_roll', 'e', 'r.status', 'status') }},
        {{ said('hi_roll', 'e', 'r.insurance_kind', 'insurance_kind') }},
        case
            when e.hi_roll is null and (r.has_serious_illness or e.hi_roll__waits is null) then r.has_serious_illness
        end as hi_roll__has_serious_illness_insurance,
        {{ said('hi_roll', 'e', sex_word('r.sex'), 'sex') }},
        {{ said('hi_roll', 'e', 'r.paid_on', 'paid_on') }},
        {{ said('hi_roll', 'e', 'r.resident_personal_amount', 'personal_amount') }},
        {{ said('hi_roll', 'e', 'r.resident_subsidy_amount', 'subsidy_amount') }},
        case
            when e.hi_roll is null
                then coalesce(r.is_resident, false)::int + coalesce(r.is_employee, false)::int
        end as hi_roll__kinds,

        {{ lineage('hi_enrol_check', 'e', 'c') }},
        {{ name_on_row('hi_enrol_check', 'e', 'c') }},
        {{ said('hi_enrol_check', 'e', 'c.says_insured', 'is_insured') }},
        {{ said('hi_enrol_check', 'e', 'c.says_resident', 'is_resident') }},
        {{ said('hi_enrol_check', 'e', 'c.says_employee', 'is_employee') }},
        {{ said('hi_enrol_check', 'e', 'c.subsidy_amount', 'subsidy_amount') }},
        {{ said('hi_enrol_check', 'e', 'c.personal_amount', 'personal_amount') }},
        {{ said('hi_enrol_check', 'e', 'c.special_identity', 'special_identity') }},
        {{ said('hi_enrol_check', 'e', 'c.resident_division', 'resident_division') }},
        {{ said('hi_enrol_check', 'e', 'c.employee_division', 'employee_division') }},

        {{ lineage('hi_premium_request', 'e', 'q') }},
        {{ name_on_row('hi_premium_request', 'e', 'q') }},
        {{ said('hi_premium_request', 'e', 'e.hi_premium_request__waits', 'waits') }},
        {{ fact_of_all_rows('e.hi_premium_request', 'q.subsidy_of_person', '0') }}
            as hi_premium_request__subsidy_amount,
        {{ said('hi_premium_request', 'e', 'q.personal_of_person', 'personal_amount') }},
        {{ said('hi_premium_request', 'e', 'q.payer_category', 'payer_category') }},
        {{ said('hi_premium_request', 'e', 'q.request_batch', 'request_batch') }},

        {{ lineage('hi_subsidy_target', 'e', 't') }},
        {{ said('hi_subsidy_target', 'e', 'e.hi_subsidy_target__waits', 'waits') }},
        {{ name_on_row('hi_subsidy_target', 'e', 't') }},
        {{ fact('e.hi_subsidy_target', 't.person_key is not null', 'false') }} as hi_subsidy_target__is_listed,
        {{ said('hi_subsidy_target', 'e', 't.assist_identity', 'assist_identity') }},
        {{ said('hi_subsidy_target', 'e', 't.identities', 'identities') }},
        {{ said('hi_subsidy_target', 'e', 't.first_included_month', 'included_month') }},
        {{ said('hi_subsidy_target', 'e', 't.first_paid_on', 'paid_on') }},

        {{ lineage('hi_chronic', 'e', 'd') }},
        {{ said('hi_chronic', 'e', 'e.hi_chronic__waits', 'waits') }},
        {{ name_on_row('hi_chronic', 'e', 'd') }},
        {{ fact_of_all_rows('e.hi_chronic', 'd.has_certificate', 'false') }} as hi_chronic__has_certificate,
        {{ fact_of_all_rows('e.hi_chronic', 'd.has_any_certificate', 'false') }} as hi_chronic__has_any_certificate,
        {{ said('hi_chronic', 'e', 'd.certificate_no', 'certificate_no') }},
        {{ said('hi_chronic', 'e', 'd.chronic_disease', 'chronic_disease') }},
        {{ said('hi_chronic', 'e', 'd.valid_to', 'valid_to') }},
        {{ fact_of_all_rows('e.hi_chronic', 'd.has_contract', 'false') }} as hi_chronic__has_contract,
        {{ said('hi_chronic', 'e', 'd.last_signed_on', 'signed_on') }}
    from evidence as e
    left join {{ ref('int_list__hi_roll') }} as r on r.person_key = e.person_key
    left join {{ ref('int_list__hi_enrol_check') }} as c on c.person_key = e.person_key
    left join {{ ref('int_list__hi_premium_request') }} as q on q.person_key = e.person_key
    left join {{ ref('int_list__hi_subsidy_target') }} as t on t.person_key = e.person_key
    left join {{ ref('int_list__hi_chronic') }} as d on d.person_key = e.person_key

),

-- Two lists answer one question: yes from either is yes; no needs the roll, or the check's own row about the person.
insured as (

    select
        *,
        case
            when hi_roll__is_insured or hi_enrol_check__is_insured then true
            when hi_enrol_check__is_insured is false then false
            when hi_roll__is_insured is null then null
            when hi_enrol_check__state in ('quarantined', 'in_review') then null
            else false
        end as basic_insurance__is_insured,
        case
            when hi_roll__is_insured then 'hi_roll'
            when hi_enrol_check__is_insured is not null then 'hi_enrol_check'
            when hi_roll__row_no is not null then 'hi_roll'
        end as basic_insurance__extract,
        case
            when greatest(hi_premium_request__subsidy_amount, hi_enrol_check__subsidy_amount) > 0
                then greatest(hi_premium_request__subsidy_amount, hi_enrol_check__subsidy_amount)
            when hi_enrol_check__state in ('quarantined', 'in_review') then null
            when coalesce(hi_premium_request__state, hi_premium_request__waits) in ('quarantined', 'in_review')
                then null
            when hi_premium_request__state is null or hi_enrol_check__subsidy_amount is not null then 0
        end as premium_subsidy__amount
    from per_list

),

final as (

    select
        *,
        case
            when basic_insurance__is_insured is null
                then coalesce(hi_roll__state, hi_enrol_check__state, hi_roll__waits)
        end as basic_insurance__state,
        case
            when basic_insurance__is_insured is null then null
            when hi_roll__is_resident or hi_enrol_check__is_resident then true
            when hi_roll__is_resident is not null or hi_enrol_check__is_resident is not null then false
        end as basic_insurance__is_resident,
        case basic_insurance__extract
            when 'hi_roll' then hi_roll__batch_id
            when 'hi_enrol_check' then hi_enrol_check__batch_id
        end as basic_insurance__batch_id,
        case basic_insurance__extract
            when 'hi_roll' then hi_roll__row_no
            when 'hi_enrol_check' then hi_enrol_check__row_no
        end as basic_insurance__row_no,
        case
            when premium_subsidy__amount is null
                then coalesce(hi_premium_request__state, hi_enrol_check__state, hi_premium_request__waits)
        end as premium_subsidy__state,
        premium_subsidy__amount > 0 as premium_subsidy__is_paid,
        case
            when
                hi_premium_request__row_no is not null
                and hi_premium_request__subsidy_amount >= coalesce(hi_enrol_check__subsidy_amount, 0)
                then 'hi_premium_request'
            when hi_enrol_check__subsidy_amount is not null then 'hi_enrol_check'
        end as premium_subsidy__extract
    from insured

)

select
    final.*,
    case final.premium_subsidy__extract
        when 'hi_premium_request' then final.hi_premium_request__batch_id
        when 'hi_enrol_check' then final.hi_enrol_check__batch_id
    end as premium_subsidy__batch_id,
    case final.premium_subsidy__extract
        when 'hi_premium_request' then final.hi_premium_request__row_no
        when 'hi_enrol_check' then final.hi_enrol_check__row_no
    end as premium_subsidy__row_no
from final
