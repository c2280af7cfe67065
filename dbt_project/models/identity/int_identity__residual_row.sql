{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'batch_id'}) }}
{#-
    The rows that their number did not link and that meet a registry person under one of their keys (macro link_blocks).
    Nine rows in ten are about people who are not registered: what follows looks only at these and their like.
-#}
{%- set blocks = link_blocks() %}
{#- Other rows of the claim may say another birth date than its number: the row is looked for under either. #}
{%- for block in link_blocks() if 'birth_day' in block.key %}
    {%- do blocks.append({
        'name': 'other_' ~ block.name, 'of': block.name, 'key': block.key | replace('birth_day', 'other_birth_day')
    }) %}
{%- endfor %}
with unlinked as (

    select
        m.batch_id,
        m.row_no,
        m.subject_role,
        m.id_no,
        m.name_norm,
        m.village_code,
        m.household_key,
        holder.household_key as holder_household_key,
        {{ day_of_date('m.birth_date') }} as stated_day,
        {{ id_birth_day('coalesce(m.id_key, m.id_key_15)') }} as number_day,
        case
            when m.id_key is null then parse.number_of_15(m.id_no)::bigint
            else {{ id_digits_15('m.id_key') }}
        end as number_15,
        m.id_key is not null and s.id_key is null as has_number
    from {{ ref('int_identity__mention') }} as m
    left join {{ ref('int_identity__stopgap_number') }} as s on m.id_key = s.id_key
    left join {{ ref('int_identity__number_decision') }} as d
        on m.batch_id = d.batch_id and m.row_no = d.row_no and m.subject_role = d.subject_role
    left join {{ ref('int_identity__registry_person') }} as holder
        on case when d.reached_by = 'id' then d.number_holder_key end = holder.person_key
    where {{ is_a_name('m.name_norm') }} and d.decision is distinct from 'linked'

),

dated as (

    select
        *,
        coalesce(stated_day, number_day) as birth_day,
        case when stated_day <> number_day then number_day end as other_birth_day
    from unlinked

),

keyed as (

    select
        batch_id,
        row_no,
        subject_role,
        id_no,
        has_number,
        {%- for block in blocks %}
        {{ block.key }} as {{ block.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from dated

),

final as (

    select
        k.batch_id,
        k.row_no,
        k.subject_role,
        k.id_no
    from keyed as k
    {%- for block in blocks %}
    left join {{ ref('int_identity__residual_person_block') }} as {{ block.name }}
        on
            {{ block.name }}.block = '{{ block.of or block.name }}' and k.{{ block.name }} = {{ block.name }}.block_key
            and ({{ block.name }}.persons_meeting_numbered > 0 or not k.has_number)
    {%- endfor %}
    where
        {%- for block in blocks %}
        {{ 'or ' if not loop.first }}{{ block.name }}.block_key is not null
        {%- endfor %}

)

select * from final
