{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'batch_id'}) }}
{#-
    The rows that their number did not link and that meet a registry person under one of their keys (macro link_blocks).
    Nine rows in ten are about people who are not registered: what follows looks only at these and their like.
-#}
with held as (

    select
        d.batch_id,
        d.row_no,
        d.subject_role,
        p.household_key
    from {{ ref('int_identity__number_decision') }} as d
    inner join {{ ref('int_identity__registry_person') }} as p on d.number_holder_key = p.person_key
    where d.reached_by = 'id' and d.decision <> 'linked'

),

unlinked as (

    select
        m.batch_id,
        m.row_no,
        m.subject_role,
        m.id_no,
        m.name_norm,
        m.birth_date,
        m.village_code,
        m.household_key,
        parse.number_of_15(m.id_no) as number_15,
        {{ id_birth_date('coalesce(m.id_key, m.id_key_15)') }} as number_birth_date,
        m.id_key is not null and s.id_key is null as has_number,
        h.household_key as holder_household_key
    from {{ ref('int_identity__mention') }} as m
    left join {{ ref('int_identity__stopgap_number') }} as s on m.id_key = s.id_key
    left join held as h on m.batch_id = h.batch_id and m.row_no = h.row_no and m.subject_role = h.subject_role
    where
        {{ is_a_name('m.name_norm') }}
        and not exists (
            select from {{ ref('int_identity__number_decision') }} as d
            where
                d.decision = 'linked'
                and m.batch_id = d.batch_id and m.row_no = d.row_no and m.subject_role = d.subject_role
        )

),

-- Other rows of the claim may say another birth date than its number: the row is looked for under either.
dated as (

    select
        *,
        unnest(
            case
                when birth_date <> number_birth_date then array[birth_date, number_birth_date]
                else array[coalesce(birth_date, number_birth_date)]
            end
        ) as known_birth_date
    from unlinked

),

keyed as (

    select
        batch_id,
        row_no,
        subject_role,
        id_no,
        has_number,
        {%- for block in link_blocks() %}
        {{ block.key }} as {{ block.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from dated

),

final as (

    select distinct
        k.batch_id,
        k.row_no,
        k.subject_role,
        k.id_no
    from keyed as k
    {%- for block in link_blocks() %}
    left join {{ ref('int_identity__residual_person_block') }} as {{ block.name }}
        on
            {{ block.name }}.block = '{{ block.name }}' and k.{{ block.name }} = {{ block.name }}.block_key
            and ({{ block.name }}.persons_meeting_numbered > 0 or not k.has_number)
    {%- endfor %}
    where
        {%- for block in link_blocks() %}
        {{ 'or ' if not loop.first }}{{ block.name }}.block_key is not null
        {%- endfor %}

)

select * from final
