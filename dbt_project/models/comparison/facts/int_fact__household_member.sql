{{ planned_for_volume() }}
{{ config(
    meta={'dist_key': 'household_key'},
    indexes=[{'columns': ['household_key'], 'unique': true}],
) }}
{#-
    Lists about persons reach the household through its living members: true when one is, false when all are known not
    to be, else NULL with the reason of the first member who is not comparable.
-#}
with person as (

    select * from {{ ref('int_fact__person') }}

),

head as (

    select distinct on (household_key)
        household_key,
        person_key as head_person_key,
        person_name as head_name,
        coalesce(sex, id_sex) as head_sex
    from person
    where is_head
    order by household_key, person_no, person_key

),

spouse as (

    select distinct on (household_key)
        household_key,
        coalesce(sex, id_sex) as spouse_sex
    from person
    where relation_to_head = '配偶'
    order by household_key, person_no, person_key

),

members as (

    select
        household_key,
        min(household_no) as household_no,
        (array_agg(county_code order by is_head desc, person_key))[1] as county_code,
        (array_agg(town_code order by is_head desc, person_key))[1] as town_code,
        (array_agg(village_code order by is_head desc, person_key))[1] as village_code,
        min(household_size) as stated_size_min,
        max(household_size) as stated_size_max,
        {%- for name, condition in household_member_counts().items() %}
        (count(*) filter (where {{ condition }}))::int as {{ name }},
        {%- endfor %}

        -- lists about persons
        case
            when bool_or(dibao__is_covered) filter (where is_living) then true
            when bool_or(dibao__is_covered is null) filter (where is_living) then null
            else false
        end as dibao__is_covered,
        (count(*) filter (where dibao__is_covered))::int as dibao__covered_members,
        max(dibao__month) as dibao__month,
        (array_agg(dibao__state order by is_head desc, person_key)
            filter (where is_living and dibao__is_covered is null))[1] as dibao_gap,
        case
            when bool_or(tekun__is_listed) filter (where is_living) then true
            when bool_or(tekun__is_listed is null) filter (where is_living) then null
            else false
        end as tekun__is_listed,
        (count(*) filter (where tekun__is_listed))::int as tekun__listed_members,
        (array_agg(tekun__state order by is_head desc, person_key)
            filter (where is_living and tekun__is_listed is null))[1] as tekun_gap,
        bool_or(is_head and is_living and tekun__is_listed) as is_head_on_tekun,
        (array_agg(tekun__batch_id order by is_head desc, person_key) filter (where tekun__is_listed))[1]
            as tekun__batch_id,
        (array_agg(tekun__row_no order by is_head desc, person_key) filter (where tekun__is_listed))[1]
            as tekun__row_no,
        case when bool_or(disability__state is null) then (count(*) filter (where disability__is_listed))::int end
            as disability__listed_members,
        case when bool_or(enrolled__state is null) then (count(*) filter (where enrolled__is_enrolled))::int end
            as school__enrolled_members,
        sum(hi_settlement__assist_fund_pay) as hi_settlement__assist_fund_pay,
        sum(hi_settlement__self_paid) as hi_settlement__self_paid,
        sum(case when tekun__is_listed then coalesce(tekun__monthly_amount, 0) end) as tekun_payments,
        sum(disability__living_subsidy + disability__nursing_subsidy) as disability_payments,
        bool_or(dibao__state is null or tekun__state is null or disability__state is null) as is_civil_known,
        bool_or(
            dibao__is_covered is null
            or tekun__is_listed is null
            or disability__living_subsidy is null
            or disability__nursing_subsidy is null
        ) filter (where is_living) as has_civil_gap,

        -- rights
        bool_or(property__state is null) filter (where is_living) as is_property_known,
        bool_or(coalesce(property__state, e.property__waits) is not null) filter (where is_living) as has_property_gap,
        (array_agg(coalesce(property__state, e.property__waits) order by is_head desc, person_key)
            filter (where is_living and coalesce(property__state, e.property__waits) is not null))[1] as property_gap,

        -- what keeps a head-keyed list from speaking
        {%- for extract in ['appraisal', 'renovation'] %}
        coalesce(
            (array_agg(e.{{ extract }} order by person_key) filter (where is_head))[1],
            (array_agg(e.{{ extract }} order by person_key)
                filter (where e.{{ extract }} in ('in_review', 'quarantined', 'no_batch', 'stale_batch')))[1]
        ) as {{ extract }}_gap,
        {%- endfor %}
        -- a project of the household that another row may be, beside those linked
        min(coalesce(e.renovation__waits, case when e.renovation in ('in_review', 'quarantined') then e.renovation end))
            as renovation_waits
    from person
    inner join {{ ref('int_fact__evidence') }} as e using (person_key)
    group by 1

),

-- The household's dibao payment: the head's, else that with the smallest 低保证号.
dibao_payment as (

    select distinct on (household_key)
        household_key,
        dibao__dibao_no,
        dibao__dibao_kind,
        dibao__dibao_tier,
        dibao__dibao_persons,
        dibao__monthly_amount,
        dibao__batch_id,
        dibao__row_no
    from person
    where dibao__is_covered
    order by household_key, is_head desc, dibao__dibao_no, dibao__batch_id, dibao__row_no

),

-- Whom that payment is granted to as well, though the registry has them as a household of their own.
dibao_elsewhere as (

    select
        d.household_key,
        count(*)::int as members
    from dibao_payment as d
    inner join person as p on p.dibao__batch_id = d.dibao__batch_id and p.dibao__row_no = d.dibao__row_no
    where p.dibao__is_covered and p.household_key <> d.household_key
    group by 1

),

dibao_amount as (

    select
        household_key,
        sum(dibao__monthly_amount) as dibao_payments
    from (
        select distinct household_key, dibao__batch_id, dibao__row_no, dibao__monthly_amount
        from person
        where dibao__is_covered
    ) as payments
    group by 1

),

final as (

    select
        m.*,
        h.head_person_key,
        h.head_name,
        h.head_sex = s.spouse_sex as head_and_spouse_same_sex,
        p.dibao__dibao_no,
        p.dibao__dibao_kind,
        p.dibao__dibao_tier,
        p.dibao__dibao_persons,
        case when p.household_key is not null then coalesce(o.members, 0) end as dibao__members_elsewhere,
        p.dibao__monthly_amount,
        p.dibao__batch_id,
        p.dibao__row_no,
        -- what is known to be paid stands; that nothing is needs every list about every member
        case
            when m.is_civil_known and (paid.amount > 0 or not coalesce(m.has_civil_gap, false)) then paid.amount
        end as civil_payments
    from members as m
    left join head as h on h.household_key = m.household_key
    left join spouse as s on s.household_key = m.household_key
    left join dibao_payment as p on p.household_key = m.household_key
    left join dibao_elsewhere as o on o.household_key = m.household_key
    left join dibao_amount as a on a.household_key = m.household_key
    cross join lateral (
        select
            coalesce(a.dibao_payments, 0) + coalesce(m.tekun_payments, 0) + coalesce(m.disability_payments, 0) as amount
    ) as paid

)

select * from final
