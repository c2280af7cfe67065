{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'person_key'}) }}
{#-
    What reviewers have said of tonight's rows: verdicts whose row and whose registry person are both unchanged. Of
    several about one pair the last counts; of several persons said to be the row's, the one said last.
-#}
with said as (

    select distinct on (mention_hash, person_hash)
        verdict_id,
        mention_hash,
        person_hash,
        verdict
    from {{ source('ledger', 'link_verdict') }}
    where verdict_id <= {{ last_verdict_id() }}
    order by mention_hash, person_hash, verdict_id desc

),

mention as (

    select
        *,
        {{ identity_hash(mention_values()) }} as mention_hash
    from {{ ref('int_identity__mention') }}
    -- on a night without verdicts no row is hashed
    where exists (select from said)

),

matched as (

    select
        m.extract,
        m.batch_id,
        m.row_no,
        m.subject_role,
        m.is_current,
        m.person_name,
        {{ name_grade('m.name_norm', 'r.name_norm') }} as name_grade,
        m.id_key is not null and r.id_key is null as is_number_new,
        r.person_key,
        r.same_person_key,
        s.verdict,
        s.verdict_id
    from said as s
    inner join mention as m on s.mention_hash = m.mention_hash
    inner join {{ ref('int_identity__residual_person') }} as r on s.person_hash = r.person_hash

),

final as (

    select
        *,
        row_number() over (
            partition by batch_id, row_no, subject_role, verdict order by verdict_id desc, person_key
        ) as turn
    from matched

)

select * from final
