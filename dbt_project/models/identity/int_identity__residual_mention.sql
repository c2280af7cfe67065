{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'claim_key'}) }}
{#-
    The persons named whom their number did not link, for the residual model. Rows with the same number and the same name
    claim to be one person, whatever list they stand in, and are compared together: one list gives the village, another
    the sex. A row whose number says nothing is a claim of its own.
-#}
with named as (

    select
        m.extract,
        m.batch_id,
        m.row_no,
        m.subject_role,
        m.is_current,
        m.id_no,
        m.id_state,
        m.id_key,
        parse.number_of_15(m.id_no) as number_15,
        m.person_name,
        m.name_norm,
        m.sex,
        m.birth_date,
        m.birth_year,
        m.village_code,
        m.town_code,
        m.household_key,
        m.relative_name_norm,
        m.address,
        m.says_registered,
        -- whose the number is, where it is a registry person's of another name
        case when d.reached_by = 'id' then d.number_holder_key end as holder_key
    from {{ ref('int_identity__mention') }} as m
    left join {{ ref('int_identity__number_decision') }} as d
        on m.batch_id = d.batch_id and m.row_no = d.row_no and m.subject_role = d.subject_role
    where
        m.name_norm is not null
        and length(replace(m.name_norm, '?', '')) >= 2
        and d.decision is distinct from 'linked'

),

final as (

    select
        *,
        case
            when id_state in ('ok', 'old15') then id_no || ' ' || name_norm
            else {{ identity_hash(mention_values()) }}
        end as claim_key
    from named

)

select * from final
