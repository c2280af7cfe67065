{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#-
    Renovation projects, of households outside the registry too. Only a link makes a project a household's: of a head in
    review nothing is said but what the row says.
-#}
with project as (

    select
        p.batch_id,
        p.row_no,
        case when p.link_decision = 'linked' then r.person_key end as registry_key,
        p.link_decision,
        p.link_tier,
        case
            when p.link_decision = 'linked' then r.person_key
            else coalesce(p.head_id_no, 'row-' || p.row_hash)
        end as person_key,
        case p.link_decision when 'linked' then true when 'not_found' then false end as is_registry_person,
        case when p.link_decision = 'linked' then r.household_key end as household_key,
        p.county_code as row_county_code,
        p.town_code as row_town_code,
        p.village_code as row_village_code,
        p.head_name,
        p.house_identity,
        p.plan_year,
        p.house_grade,
        p.renovation_method,
        p.area_m2,
        p.started_on,
        p.completed_on,
        p.accepted_on,
        p.subsidy_amount,
        p.paid_on,
        p.is_accepted
    from {{ ref('int_fact__project_row') }} as p
    left join {{ ref('int_fact__registry') }} as r on r.person_key = p.person_key

),

-- The project of the same household that comes before this one, else after it.
other_project as (

    select distinct on (a.batch_id, a.row_no)
        a.batch_id,
        a.row_no,
        b.plan_year as other_project_year
    from project as a
    inner join project as b
        on b.household_key = a.household_key and (b.batch_id, b.row_no) <> (a.batch_id, a.row_no)
    order by a.batch_id, a.row_no, b.plan_year <= a.plan_year desc nulls last, b.plan_year desc nulls last

),

-- The head's household as it was when the house was planned: by the list kept of that year that is nearest.
household_then as (

    select distinct on (p.batch_id, p.row_no)
        p.batch_id,
        p.row_no,
        b.list_month,
        b.household_number_key
    from project as p
    inner join {{ ref('int_fact__registry_before') }} as b on b.person_key = p.registry_key
    where extract(year from b.list_month) = p.plan_year
    order by
        p.batch_id, p.row_no, abs(b.list_month - coalesce(p.started_on, make_date(p.plan_year, 1, 1))), b.list_month

),

members_then as (

    select
        list_month,
        household_key as household_number_key,
        count(*)::int as members
    from {{ in_force_history('stg_registry__registry_person') }} as s
    where (list_month, household_key) in (select list_month, household_number_key from household_then)
    group by 1, 2

),

{%- for extract in ['dibao', 'tekun'] %}

{{ extract }}_year as (

    select distinct person_key, extract(year from month)::int as plan_year
    from {{ ref('int_fact__dibao_payment' if extract == 'dibao' else 'int_fact__tekun_month') }}

),

{{ extract }}_kept as (

    select distinct extract(year from list_month)::int as plan_year
    from {{ source('ledger', 'batch_tonight') }}
    where extract = '{{ extract }}'

),
{%- endfor %}

final as (

    select
        p.batch_id,
        p.row_no,
        p.person_key,
        r.person_no,
        p.household_key,
        r.household_no,
        p.is_registry_person,
        p.link_decision,
        p.link_tier,
        coalesce(r.county_code, p.row_county_code) as county_code,
        coalesce(r.town_code, p.row_town_code) as town_code,
        coalesce(r.village_code, p.row_village_code) as village_code,
        p.head_name,
        p.house_identity,
        p.plan_year,
        p.house_grade,
        p.renovation_method,
        p.area_m2,
        p.started_on,
        p.completed_on,
        p.accepted_on,
        p.subsidy_amount,
        p.paid_on,
        p.is_accepted,
        o.other_project_year,
        p.paid_on - p.accepted_on as days_accepted_to_paid,
        coalesce(m.members, r.household_members) as members,
        r.household_type,
        case when p.registry_key is not null and dk.plan_year is not null then dy.person_key is not null end
            as head_dibao_in_plan_year,
        case when p.registry_key is not null and tk.plan_year is not null then ty.person_key is not null end
            as head_tekun_in_plan_year
    from project as p
    left join {{ ref('int_fact__registry') }} as r on r.person_key = p.registry_key
    left join other_project as o on o.batch_id = p.batch_id and o.row_no = p.row_no
    left join household_then as h on h.batch_id = p.batch_id and h.row_no = p.row_no
    left join members_then as m on m.list_month = h.list_month and m.household_number_key = h.household_number_key
    left join dibao_kept as dk on dk.plan_year = p.plan_year
    left join dibao_year as dy on dy.person_key = p.registry_key and dy.plan_year = p.plan_year
    left join tekun_kept as tk on tk.plan_year = p.plan_year
    left join tekun_year as ty on ty.person_key = p.registry_key and ty.plan_year = p.plan_year

)

select * from final
