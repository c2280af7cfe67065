{{ config(materialized='ephemeral') }}
{#- Who is listed for a subsidised premium. The row that speaks for a person is that of the identity that comes first by MED-07. -#}
with target_row as (

    select t.*, k.priority
    from {{ linked_rows('stg_health_insurance__hi_subsidy_target') }} as t
    left join {{ ref('int_fact__identity_rank') }} as k on k.identity = t.assist_identity

),

ranked as (

    select
        *,
        count(*) over person as rows_of_person,
        min(included_month) over person as first_included_month,
        min(paid_on) over person as first_paid_on,
        row_number() over (partition by person_key order by priority nulls last, assist_identity, batch_id, row_no)
            as turn
    from target_row
    window person as (partition by person_key)

),

identities as (

    select
        person_key,
        string_agg(distinct assist_identity, '|' order by assist_identity) as identities
    from target_row
    group by 1

)

select
    r.*,
    i.identities
from ranked as r
inner join identities as i on i.person_key = r.person_key
where r.turn = 1
