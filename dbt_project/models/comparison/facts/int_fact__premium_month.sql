{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#-
    Which assistance identities held in the month in which the year's premium was paid: those of int_fact__identity_month
    and those for which the list of subsidy targets had taken the person in by then. Where no list of dibao and tekun is
    kept and nothing that is subsidised is shown, it is not known: dibao or tekun may have been held. An identity of
    higher priority that may have been held leaves open which one ranked first (premium__identity).
-#}
with paid as (

    select
        person_key,
        date_trunc('month', coalesce(hi_roll__paid_on, hi_subsidy_target__paid_on))::date as month,
        case
            when hi_subsidy_target__included_month
                <= date_trunc('month', coalesce(hi_roll__paid_on, hi_subsidy_target__paid_on))
                then hi_subsidy_target__identities
        end as target_identities
    from {{ ref('int_fact__health_lists') }}

),

held as (

    select
        p.person_key,
        i.identity,
        i.is_sure,
        k.priority
    from paid as p
    left join {{ ref('int_fact__identity_month') }} as m on m.person_key = p.person_key and m.month = p.month
    cross join lateral (
        select
            unnest(string_to_array(m.identities, '|')) as identity,
            true as is_sure
        union
        select
            unnest(string_to_array(p.target_identities, '|')) as identity,
            true as is_sure
        union
        -- One or the other: sure to be subsidised where both are.
        select
            unnest(array['返贫致贫人口', '脱贫人口']) as identity,
            null as is_sure
        where
            m.is_poor_registered
            and m.is_returned is null
            and {{ subsidised_identities() }} @> array['返贫致贫人口', '脱贫人口']
        union
        select
            unnest(string_to_array(m.may_have_held, '|')) as identity,
            false as is_sure
    ) as i
    left join {{ ref('int_fact__identity_rank') }} as k on k.identity = i.identity

),

identities as (

    select
        person_key,
        string_agg(distinct identity, '|' order by identity)
            filter (where is_sure is distinct from false)
            as identities,
        (array_agg(identity order by priority nulls last, identity) filter (where is_sure))[1] as identity,
        min(priority) filter (where is_sure) as priority,
        min(priority) filter (where is_sure is not true) as possible_priority
    from held
    group by 1

)

select
    p.person_key,
    p.month as premium__payment_month,
    i.identities as premium__identities,
    case when not coalesce(i.possible_priority < coalesce(i.priority, 1000000), false) then i.identity end
        as premium__identity,
    case
        when p.month is null then 'no_batch'
        when
            (not m.are_lists_known or m.may_have_held is not null or m.is_listed is null)
            and not coalesce(string_to_array(i.identities, '|') && {{ subsidised_identities() }}, false)
            then 'no_batch'
    end as premium__identity_state
from paid as p
left join {{ ref('int_fact__identity_month') }} as m on m.person_key = p.person_key and m.month = p.month
left join identities as i on i.person_key = p.person_key
