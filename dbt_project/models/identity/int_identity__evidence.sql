{{ planned_for_volume() }}
{{ config(
    unlogged=true,
    meta={'dist_key': 'person_key'},
    indexes=[{'columns': ['person_key'], 'unique': true}],
) }}
{#-
    Per registry person and extract: may its silence be read as absence? NULL says yes (or that a row is linked).
    The list comes first (no_batch, stale_batch), then a link, then what is wrong with the person's own number (unless a
    linked row gives the true one, by which every list would show the person), then rows that wait for a reviewer, then
    rows in quarantine. `<extract>__waits` tells of the rows of the last two kinds that a linked row hides: where rows
    add up (settlements, aid), what the linked ones say is not all.
-#}
{%- set extracts = mention_extracts() %}
with registry as (

    select
        person_key,
        same_person_key,
        -- a number that other names share may be somebody else's
        id_key is null or id_names > 1 as is_number_unusable
    from {{ ref('int_identity__registry_person') }}

),

number_found as (

    select distinct person_key
    from {{ ref('int_identity__linked_row') }}
    where is_number_new

),

trace as (

    select person_key, extract, 0 as standing
    from {{ ref('int_identity__linked_row') }}
    where is_current
    union all
    -- A row in review names one of a person's registry rows and may belong to each of them.
    select everyone.person_key, d.extract, 1 as standing
    from {{ ref('int_identity__decision') }} as d
    inner join registry as named on named.person_key = d.person_key
    inner join registry as everyone on everyone.same_person_key = named.same_person_key
    where d.is_current and d.decision = 'review'
    union all
    select person_key, extract, 1 as standing
    from {{ ref('int_identity__also_meant') }}
    union all
    select person_key, extract, 2 as standing
    from {{ ref('int_identity__quarantined_candidate') }}

),

best_trace as (

    select person_key, extract, min(standing) as standing, min(standing) filter (where standing > 0) as waiting
    from trace
    group by 1, 2

),

standing as (

    select
        person_key
        {%- for extract in extracts %},
        min(standing) filter (where extract = '{{ extract }}') as {{ extract }},
        min(waiting) filter (where extract = '{{ extract }}') as {{ extract }}__waiting
        {%- endfor %}
    from best_trace
    group by 1

),

extract_state as (

    select
        {%- for extract in extracts %}
        max(state) filter (where extract = '{{ extract }}') as {{ extract }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_identity__extract_state') }}

),

final as (

    select
        r.person_key,
        r.is_number_unusable
        {%- for extract in extracts %},
        case
            when e.{{ extract }} is not null then e.{{ extract }}
            when s.{{ extract }} = 0 then null
            when r.is_number_unusable and f.person_key is null then 'unusable_id'
            when s.{{ extract }} = 1 then 'in_review'
            when s.{{ extract }} = 2 then 'quarantined'
        end as {{ extract }},
        case s.{{ extract }}__waiting when 1 then 'in_review' when 2 then 'quarantined' end as {{ extract }}__waits
        {%- endfor %}
    from registry as r
    cross join extract_state as e
    left join standing as s on s.person_key = r.person_key
    left join number_found as f on f.person_key = r.person_key

)

select * from final
