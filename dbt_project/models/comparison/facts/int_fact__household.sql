{{ planned_for_volume() }}
{{ config(
    meta={'dist_key': 'household_key'},
    indexes=[{'columns': ['household_key'], 'unique': true}],
) }}
{#- What the registry says of a household (h), what its members say together (m), and what lists of housing say (d). -#}
select
    coalesce(h.household_key, m.household_key) as household_key,
    coalesce(m.household_no, h.household_no, h.household_key) as household_no,
    m.head_person_key,
    m.head_name,
    coalesce(h.county_code, m.county_code) as county_code,
    coalesce(h.town_code, m.town_code) as town_code,
    coalesce(h.village_code, m.village_code) as village_code,
    h.registry_batch_id,
    h.registry_row_no,
    h.household_key is not null as has_household_row,
    {{ registry_household_facts('h') }},
    coalesce(h.is_monitored, false) as is_monitored,
    coalesce(h.is_poor_registered, false) as is_poor_registered,
    nullif(concat_ws('|', h.risk_1, h.risk_2, h.risk_3, h.risk_4, h.risk_5), '') as risks,
    h.measure_housing ~ '改造|危改|加固|翻建|重建|新建|修缮' as measures_housing_renovation,
    {{ household_kind('h.household_type') }} as registry_kind,
    {%- for name in household_member_counts() %}
    coalesce(m.{{ name }}, 0) as {{ name }},
    {%- endfor %}
    m.stated_size_min,
    m.stated_size_max,
    case when m.members > 0 then m.labour_members::numeric / m.members end as labour_share,
    m.head_and_spouse_same_sex,

    -- dibao and tekun
    said.dibao__state,
    m.dibao__is_covered,
    coalesce(m.dibao__covered_members, 0) as dibao__covered_members,
    m.dibao__month,
    m.dibao__dibao_no,
    m.dibao__dibao_kind,
    m.dibao__dibao_tier,
    m.dibao__dibao_persons,
    m.dibao__members_elsewhere,
    m.dibao__monthly_amount,
    m.dibao__batch_id,
    m.dibao__row_no,
    said.tekun__state,
    m.tekun__is_listed,
    coalesce(m.tekun__listed_members, 0) as tekun__listed_members,
    m.tekun__batch_id,
    m.tekun__row_no,
    case when judged.derived_kind is null then coalesce(said.dibao__state, said.tekun__state) end
        as derived_kind__state,
    judged.derived_kind,
    case judged.derived_kind when '特困' then 'tekun' when '低保' then 'dibao' end as derived_kind__extract,
    case judged.derived_kind when '特困' then m.tekun__batch_id when '低保' then m.dibao__batch_id end
        as derived_kind__batch_id,
    case judged.derived_kind when '特困' then m.tekun__row_no when '低保' then m.dibao__row_no end
        as derived_kind__row_no,
    m.civil_payments,
    m.disability__listed_members,
    m.school__enrolled_members,
    m.hi_settlement__assist_fund_pay,
    m.hi_settlement__self_paid,

    -- housing
    said.appraisal__state,
    case when said.appraisal__state is null then coalesce(d.appraisal_rows, 0) end as appraisal__rows,
    d.appraisal__house_grade,
    d.appraisal__graded_on,
    d.appraisal__area_m2,
    d.appraisal__is_only_home,
    d.appraisal__batch_id,
    d.appraisal__row_no,
    d.appraisal__link_tier,
    said.renovation__state,
    said.renovation__waits,
    case when said.renovation__state is null then coalesce(d.projects, 0) end as renovation__projects,
    case when said.renovation__state is null then coalesce(d.accepted_projects, 0) end as renovation__accepted_projects,
    case when said.renovation__state is null then coalesce(d.accepted_projects, 0) > 0 end as renovation__is_accepted,
    d.renovation__plan_year,
    d.renovation__house_identity,
    d.renovation__accepted_on,
    d.renovation__completed_on,
    d.renovation__batch_id,
    d.renovation__row_no,
    d.renovation__link_tier,
    case when said.plan_year_type is null then coalesce(said.renovation__state, 'no_batch') end
        as renovation__plan_year_kind__state,
    {{ household_kind('said.plan_year_type') }} as renovation__plan_year_kind,
    case
        when said.appraisal__state is not null then said.appraisal__state
        when d.appraisal__house_grade in ('C', 'D') and judged.is_unsafe is null
            then coalesce(said.renovation__state, said.renovation__waits)
    end as unsafe_house__state,
    case when said.appraisal__state is null then d.appraisal__house_grade is not null end as unsafe_house__is_graded,
    judged.is_unsafe as unsafe_house__is_unsafe,
    case
        when d.appraisal__house_grade is null then null
        when d.is_renovated_after then true
        when coalesce(said.renovation__state, said.renovation__waits) is null then false
    end as unsafe_house__renovated_after,

    -- rights
    case when judged.has_other_dwelling is null then coalesce(m.property_gap, 'no_batch') end as property__state,
    said.dwelling_rights as property__dwelling_rights,
    said.rights as property__rights,
    judged.has_other_dwelling as property__has_other_dwelling,
    d.property__batch_id,
    d.property__row_no,
    case when judged.owns_city_flat is null then coalesce(m.property_gap, 'no_batch') end as city_flat__state,
    said.city_flats as city_flat__rights,
    judged.owns_city_flat as city_flat__is_owned,
    d.city_flat__usage,
    d.city_flat__batch_id,
    d.city_flat__row_no
from {{ ref('int_fact__registry_household') }} as h
full join {{ ref('int_fact__household_member') }} as m on m.household_key = h.household_key
left join {{ ref('int_fact__household_dwelling') }} as d on d.household_key = m.household_key
-- What each list says, or why it does not.
cross join lateral (
    select
        case when m.household_key is null then 'no_batch' when m.dibao__is_covered is null then m.dibao_gap end
            as dibao__state,
        case when m.household_key is null then 'no_batch' when m.tekun__is_listed is null then m.tekun_gap end
            as tekun__state,
        case
            when d.appraisal_rows is null
                then coalesce(m.appraisal_gap, case when m.household_key is null then 'no_batch' end)
        end as appraisal__state,
        case
            when d.projects is null
                then coalesce(m.renovation_gap, case when m.household_key is null then 'no_batch' end)
        end as renovation__state,
        case when d.projects is not null then m.renovation_waits end as renovation__waits,
        coalesce(
            d.plan_year_type,
            case when d.renovation__plan_year = {{ insurance_year() }} then h.household_type end
        ) as plan_year_type,
        case when m.is_property_known then coalesce(d.rights, 0) end as rights,
        case when m.is_property_known then coalesce(d.dwelling_rights, 0) end as dwelling_rights,
        case when m.is_property_known then coalesce(d.city_flats, 0) end as city_flats
) as said
-- What follows from it.
cross join lateral (
    select
        case
            when m.is_head_on_tekun then '特困'
            when m.dibao__is_covered then '低保'
            when m.tekun__is_listed then case when m.dibao__is_covered is not null then '特困' end
            when m.dibao__is_covered is false and m.tekun__is_listed is false then '其他'
        end as derived_kind,
        case
            when said.appraisal__state is not null then null
            when d.appraisal__house_grade is null then null
            when d.appraisal__house_grade not in ('C', 'D') then false
            when d.is_accepted_after then false
            when coalesce(said.renovation__state, said.renovation__waits) is not null then null
            else true
        end as is_unsafe,
        -- rights that are registered are owned, whatever is not known of other members
        case
            when said.dwelling_rights > 1 then true
            when m.has_property_gap or said.dwelling_rights is null then null
            else false
        end as has_other_dwelling,
        case
            when said.city_flats > 0 then true
            when m.has_property_gap or said.city_flats is null then null
            else false
        end as owns_city_flat
) as judged
