{{ planned_for_volume() }}
{{ config(
    materialized='night_rows',
    key=['subject_kind', 'subject_key', 'field'],
    meta={'dist_key': 'subject_key'},
) }}
{#-
    One proposal per registry field that departments' data contradicts: the value with the best claim, unless the
    registry's own value has a better one.

    | points |                                                                                             |
    |--------|---------------------------------------------------------------------------------------------|
    | 3 2 1  | trust of the best claim for the value (seed proposable_field): 3 the owner's own record of the fact, 2 a by-product or an absence, 1 a hint |
    | + 1    | a second department says the same                                                           |
    | - 1    | every row that says so is linked by tier 2 only                                             |
    | - 1    | contested: a claim stands for the registry's value or for a third one                       |

    3 and more: high; 2: medium; less: low. Outvoted, so no proposal at all: the registry's value has a claim of more
    trust, or more departments, or of as many departments more lists.
-#}
with claim as (

    select * from {{ ref('int_proposal__person_claim') }}
    union all
    select * from {{ ref('int_proposal__household_claim') }}
    union all
    select * from {{ ref('int_proposal__number_claim') }}
    union all
    select * from {{ ref('int_proposal__member_claim') }}

),

trusted as (

    select
        c.*,
        s.trust,
        s.is_personal,
        {{ department_of('c.extract') }} as department,
        (c.value is not distinct from c.registry_value) as is_registry_value
    from claim as c
    inner join {{ ref('proposable_field') }} as s
        on c.subject_kind = s.subject_kind and c.field = s.field and c.claim = s.claim

),

standing as (

    select
        subject_kind,
        subject_key,
        field,
        value,
        is_registry_value,
        max(trust) as trust,
        count(distinct department)::int as departments,
        count(distinct extract)::int as extracts,
        coalesce(bool_and(link_tier = '2'), false) as is_residual_only
    from trusted
    group by subject_kind, subject_key, field, value, is_registry_value

),

ranked as (

    select
        *,
        row_number() over (
            partition by subject_kind, subject_key, field
            order by is_registry_value asc, trust desc, departments desc, extracts desc, value asc
        ) as turn,
        count(*) over (partition by subject_kind, subject_key, field) > 1 as is_contested
    from standing

),

chosen as (

    select
        p.*,
        p.trust + (p.departments > 1)::int - p.is_residual_only::int - p.is_contested::int as points
    from ranked as p
    left join ranked as r
        on
            p.subject_kind = r.subject_kind
            and p.subject_key = r.subject_key
            and p.field = r.field
            and r.is_registry_value
    where
        p.turn = 1
        and not p.is_registry_value
        and coalesce(
            (p.trust, p.departments, p.extracts) >= (r.trust, r.departments, r.extracts)
            and p.departments >= r.departments,
            true
        )

),

basis as (

    select
        t.subject_kind,
        t.subject_key,
        t.field,
        jsonb_agg(
            jsonb_strip_nulls(jsonb_build_object(
                'claim', t.claim,
                'department', t.department,
                'extract', t.extract,
                'batch_id', t.batch_id,
                'row_no', t.row_no,
                'link_tier', t.link_tier,
                'says', case
                    when t.value = c.value then 'proposed' when t.is_registry_value then 'registry' else 'other'
                end,
                'value', case when not t.is_personal and t.value <> c.value then t.value end
            ))
            order by t.value = c.value desc, t.trust desc, t.extract asc, t.batch_id asc, t.row_no asc, t.claim asc
        ) as claims
    from trusted as t
    inner join chosen as c on t.subject_kind = c.subject_kind and t.subject_key = c.subject_key and t.field = c.field
    group by t.subject_kind, t.subject_key, t.field

),

subject as (

    select distinct on (subject_kind, subject_key, field)
        subject_kind,
        subject_key,
        field,
        household_no,
        county_code,
        town_code,
        village_code,
        registry_batch_id,
        registry_row_no,
        registry_value,
        is_personal
    from trusted
    order by subject_kind, subject_key, field, claim

)

select
    s.subject_kind,
    s.subject_key,
    s.household_no,
    s.county_code,
    s.town_code,
    s.village_code,
    s.field,
    s.registry_value,
    c.value as proposed_value,
    jsonb_build_object(
        'claims', b.claims,
        'departments', c.departments,
        'lists', c.extracts,
        'trust', c.trust,
        'residual_only', c.is_residual_only,
        'contested', c.is_contested,
        'points', c.points
    ) as basis,
    case when c.points >= 3 then 'high' when c.points = 2 then 'medium' else 'low' end as confidence,
    s.is_personal,
    s.registry_batch_id,
    s.registry_row_no
from chosen as c
inner join subject as s on c.subject_kind = s.subject_kind and c.subject_key = s.subject_key and c.field = s.field
inner join basis as b on c.subject_kind = b.subject_kind and c.subject_key = b.subject_key and c.field = b.field
