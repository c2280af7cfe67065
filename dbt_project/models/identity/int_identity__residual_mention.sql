{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'claim_key'}) }}
{#-
    What the residual model looks at: the rows that meet a registry person, and every other row of their numbers that no
    number linked. Rows with the same number and the same name claim to be one person, whatever list they stand in, and
    are compared together: one list gives the village, another the sex. A row whose number says nothing is a claim of its
    own.
-#}
with met_number as (

    select distinct id_no from {{ ref('int_identity__residual_row') }}
    where id_no is not null

),

-- Looked up before tier 1's decisions are, which are as many as the lists name.
wanted as materialized (

    select m.*
    from {{ ref('int_identity__mention') }} as m
    left join met_number as n on m.id_no = n.id_no
    left join {{ ref('int_identity__residual_row') }} as r
        on m.batch_id = r.batch_id and m.row_no = r.row_no and m.subject_role = r.subject_role
    where {{ is_a_name('m.name_norm') }} and (n.id_no is not null or r.batch_id is not null)

),

named as (

    select
        w.extract,
        w.batch_id,
        w.row_no,
        w.subject_role,
        w.is_current,
        w.id_no,
        w.id_state,
        w.id_key,
        parse.number_of_15(w.id_no) as number_15,
        w.person_name,
        w.name_norm,
        w.sex,
        w.birth_date,
        w.birth_year,
        w.village_code,
        w.town_code,
        w.household_key,
        w.relative_name_norm,
        w.address,
        w.says_registered,
        -- whose the number is, where it is a registry person's of another name
        case when d.reached_by = 'id' then d.number_holder_key end as holder_key
    from wanted as w
    left join {{ ref('int_identity__number_decision') }} as d
        on w.batch_id = d.batch_id and w.row_no = d.row_no and w.subject_role = d.subject_role
    where d.decision is distinct from 'linked'

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
