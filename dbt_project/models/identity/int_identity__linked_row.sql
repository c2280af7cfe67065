{{ planned_for_volume() }}
{{ config(
    unlogged=true,
    meta={'dist_key': 'person_key'},
    indexes=[{'columns': ['extract', 'batch_id', 'row_no']}],
) }}
{#-
    Which department rows speak for which registry person. A person registered in two households is one person: the link
    names one of the registry rows, and the department's row speaks for each of them.
-#}
with decision as (

    select * from {{ ref('int_identity__decision') }}

),

registry as (

    select person_key, same_person_key from {{ ref('int_identity__registry_person') }}

),

final as (

    select
        d.extract,
        d.batch_id,
        d.row_no,
        d.subject_role,
        d.is_current,
        everyone.person_key,
        d.tier as link_tier,
        d.rule,
        d.person_name,
        d.name_grade,
        d.is_number_new
    from decision as d
    inner join registry as named on named.person_key = d.person_key
    inner join registry as everyone on everyone.same_person_key = named.same_person_key
    where d.decision = 'linked'

)

select * from final
