{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'person_key'}) }}
{#-
    Registry persons whom a quarantined row may be about. Such a row links to nobody, but it must keep its person from
    reading as absent. The name is the same; then whatever tells more decides, first to last:
    a second number of the row (disability number, roll number, the insurance number as on the roll); what can be read of
    the damaged number, or the birth date; the village, or the town where a village is unknown. Where a row has none of
    these the name is all there is, and caution wins.
-#}
{%- set sources = mention_sources() %}
with
{%- for source in sources if source.get('name', true) %}

{{ extract_of(source.model) ~ '_' ~ source.role }} as (

    {{ mention_columns(source, quarantined(source.model), 'true', hints=true) }}

),
{%- endfor %}

quarantined_row as materialized (
    {% for source in sources if source.get('name', true) %}
    select * from {{ extract_of(source.model) ~ '_' ~ source.role }} where name_norm is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

-- Whom the roll knows under an insurance number, where it knows the name too; person_key NULL: nobody of the registry.
roll_person as (

    select
        r.psn_no,
        r.name_norm,
        min(d.person_key) filter (where d.decision = 'linked') as person_key
    from {{ in_force('stg_health_insurance__hi_roll') }} as r
    left join {{ ref('int_identity__decision') }} as d
        on d.extract = 'hi_roll' and d.batch_id = r.batch_id and d.row_no = r.row_no
    where
        r.id_key is not null
        and d.decision is distinct from 'review'
        and r.psn_no in (select psn_no from quarantined_row)
    group by 1, 2

),

readable as (

    select
        q.*,
        case when parse.id_state(q.hint, {{ as_of() }}) = 'ok' then parse.id_no(q.hint) end as second_number,
        p.psn_no is not null as is_on_roll,
        p.person_key as roll_person_key,
        upper(regexp_replace(coalesce(id_no, ''), '[^0-9A-Za-z.+]', '', 'g')) as number,
        -- 3.41234E+17: the digits before the exponent, less the last, which was rounded
        case
            when id_no ~* '^[0-9](\.[0-9]+)?e\+?[0-9]+$'
                then left(replace(split_part(upper(id_no), 'E', 1), '.', ''), -1)
        end as digits_before_exponent
    from quarantined_row as q
    left join roll_person as p on p.psn_no = q.psn_no and p.name_norm = q.name_norm

),

namesake as (

    select
        q.extract,
        q.batch_id,
        q.row_no,
        r.person_key,
        case
            when q.second_number is not null then coalesce(q.second_number = r.id_no, false)
            when q.is_on_roll then coalesce(q.roll_person_key = r.person_key, false)
        end as is_same_by_second_number,
        q.village_code = r.village_code as is_same_village,
        q.town_code = r.town_code as is_same_town,
        q.birth_date = coalesce(r.id_birth_date, r.birth_date) as is_same_birth_date,
        case
            when r.id_no is null or q.id_state in ('blank', 'placeholder') then null
            when q.digits_before_exponent is not null
                then case
                    when length(q.digits_before_exponent) >= 6
                        then left(r.id_no, length(q.digits_before_exponent)) = q.digits_before_exponent
                end
            when q.number ~ '^[0-9]{15}000$' then left(r.id_no, 15) = left(q.number, 15)
            when length(q.number) >= 12
                then levenshtein_less_equal(left(q.number, 30), left(r.id_no, 30), 3) <= 3
        end as is_same_number
    from readable as q
    inner join {{ ref('int_identity__registry_person') }} as r on r.name_norm = q.name_norm
    where not (q.sex is not null and coalesce(r.id_sex, r.sex) is not null and q.sex <> coalesce(r.id_sex, r.sex))

),

final as (

    select
        extract,
        batch_id,
        row_no,
        person_key
    from namesake
    where
        case
            when is_same_by_second_number is not null then is_same_by_second_number
            when is_same_number or is_same_birth_date then true
            -- a number that reads as another one outweighs a shared name, except in one village
            when is_same_number is false or is_same_birth_date is false then coalesce(is_same_village, false)
            when is_same_village is not null then is_same_village
            when is_same_town is not null then is_same_town
            else true
        end

)

select * from final
