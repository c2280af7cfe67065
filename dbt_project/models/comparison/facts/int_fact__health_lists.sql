{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}, indexes=[{'columns': ['person_key'], 'unique': true}]) }}
{#- Insurance, premium, subsidy and chronic lists, per registry person. -#}
with evidence as (

    select * from {{ ref('int_fact__evidence') }}

),

rank as (

    select * from {{ ref('int_fact__identity_rank') }}

),

-- Rows of the insurance year; a row in normal status speaks first, then the resident scheme.
roll_row as (

    select
        *,
        -- a status nobody can read is still a row on the roll
        coalesce(status, '正常参保') = '正常参保' as is_normal,
        insurance_kind ~ '职工|^310$' as is_employee_kind
    from {{ linked_rows('stg_health_insurance__hi_roll') }} as r
    where insurance_year = {{ insurance_year() }}

),

roll as (

    select
        *,
        count(*) over person as rows_of_person,
        bool_or(is_normal) over person as is_insured,
        bool_or(is_normal and not is_employee_kind) over person as is_resident,
        bool_or(is_normal and is_employee_kind) over person as is_employee,
        bool_or(has_serious_illness_insurance) filter (where is_normal) over person as has_serious_illness,
        sum(personal_amount) filter (where not is_employee_kind) over person as resident_personal_amount,
        sum(subsidy_amount) filter (where not is_employee_kind) over person as resident_subsidy_amount,
        row_number() over (
            partition by person_key
            order by is_normal desc nulls last, is_employee_kind nulls last, batch_id, row_no
        ) as turn
    from roll_row
    window person as (partition by person_key)

),

-- The check answers for each scheme and its year; another year's answer says nothing of this one, nor does a status that
-- no list knows beside the flag.
check_answer as (

    select
        *,
        case
            when year_resident <> {{ insurance_year() }} then null
            when {{ is_covered('status_student') }} then true
            when status_resident is null then is_resident
            else is_resident and {{ is_covered('status_resident') }}
        end as says_resident,
        case
            when year_employee <> {{ insurance_year() }} then null
            when status_employee is null then is_employee
            else is_employee and {{ is_covered('status_employee') }}
        end as says_employee
    from {{ linked_rows('stg_health_insurance__hi_enrol_check') }} as c

),

enrol_check as (

    select
        *,
        coalesce(says_resident or says_employee, says_resident, says_employee) as says_insured,
        count(*) over (partition by person_key) as rows_of_person,
        row_number() over (
            partition by person_key
            order by
                coalesce(says_resident, false) or coalesce(says_employee, false) desc,
                coalesce(says_resident, says_employee) is null,
                batch_id,
                row_no
        ) as turn
    from check_answer

),

premium_request as (

    select
        *,
        count(*) over person as rows_of_person,
        sum(subsidy_amount) over person as subsidy_of_person,
        sum(personal_amount) over person as personal_of_person,
        row_number() over (partition by person_key order by coalesce(subsidy_amount, 0) desc, batch_id, row_no) as turn
    from {{ linked_rows('stg_health_insurance__hi_premium_request') }} as r
    -- The list keeps the requests of earlier years; only those for this insurance year pay for it.
    where {{ premium_year('request_batch', insurance_year()) }} = {{ insurance_year() }}
    window person as (partition by person_key)

),

subsidy_target_row as (

    select t.*, k.priority
    from {{ linked_rows('stg_health_insurance__hi_subsidy_target') }} as t
    left join rank as k on k.identity = t.assist_identity

),

subsidy_target as (

    select
        *,
        count(*) over person as rows_of_person,
        min(included_month) over person as first_included_month,
        min(paid_on) over person as first_paid_on,
        row_number() over (partition by person_key order by priority nulls last, assist_identity, batch_id, row_no)
            as turn
    from subsidy_target_row
    window person as (partition by person_key)

),

subsidy_identities as (

    select
        person_key,
        string_agg(distinct assist_identity, '|' order by assist_identity) as identities
    from subsidy_target_row
    group by 1

),

chronic as (

    select
        *,
        count(*) over person as rows_of_person,
        bool_or(is_certificate and is_valid) over person as has_certificate,
        bool_or(is_certificate) over person as has_any_certificate,
        bool_or(is_contract_of_year) over person as has_contract,
        max(signed_on) over person as last_signed_on,
        row_number() over (
            partition by person_key
            order by
                (is_certificate and is_valid) desc,
                is_certificate desc,
                issued_on desc nulls last,
                batch_id,
                row_no
        ) as turn
    from {{ ref('int_fact__chronic_row') }}
    window person as (partition by person_key)

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
        {{ said('hi_subsidy_target', 'e', 'ti.identities', 'identities') }},
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
    left join roll as r on r.person_key = e.person_key and r.turn = 1
    left join enrol_check as c on c.person_key = e.person_key and c.turn = 1
    left join premium_request as q on q.person_key = e.person_key and q.turn = 1
    left join subsidy_target as t on t.person_key = e.person_key and t.turn = 1
    left join subsidy_identities as ti on ti.person_key = e.person_key
    left join chronic as d on d.person_key = e.person_key and d.turn = 1

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
