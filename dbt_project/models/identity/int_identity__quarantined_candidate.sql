{{ config(unlogged=true, meta={'dist_key': 'person_key'}) }}
{#-
    Registry persons whom a quarantined row may be about. Such a row links to nobody, but it must keep its person from
    reading as absent. Same name, and: the same village, or the same town where a village is unknown, or what can still
    be read of the damaged number, or a birth date, agrees. Where the list has no place and the number nothing to read, the name is all
    there is, and caution wins.
-#}
{%- set sources = mention_sources() %}
with
{%- for source in sources if source.get('name', true) %}

{{ extract_of(source.model) ~ '_' ~ source.role }} as (

    {{ mention_columns(source, quarantined(source.model), 'true') }}

),
{%- endfor %}

quarantined_row as materialized (
    {% for source in sources if source.get('name', true) %}
    select * from {{ extract_of(source.model) ~ '_' ~ source.role }} where name_norm is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

readable as (

    select
        *,
        upper(regexp_replace(coalesce(id_no, ''), '[^0-9A-Za-z.+]', '', 'g')) as number,
        -- 3.41234E+17: the digits before the exponent, less the last, which was rounded
        case
            when id_no ~* '^[0-9](\.[0-9]+)?e\+?[0-9]+$'
                then left(replace(split_part(upper(id_no), 'E', 1), '.', ''), -1)
        end as digits_before_exponent
    from quarantined_row

),

namesake as (

    select
        q.extract,
        q.batch_id,
        q.row_no,
        r.person_key,
        case when q.village_code is null or r.village_code is null then null else q.village_code = r.village_code end
            as is_same_village,
        case when q.town_code is null or r.town_code is null then null else q.town_code = r.town_code end
            as is_same_town,
        case
            when q.birth_date is null or coalesce(r.id_birth_date, r.birth_date) is null then null
            else q.birth_date = coalesce(r.id_birth_date, r.birth_date)
        end as is_same_birth_date,
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
        is_same_number
        or is_same_birth_date
        or (
            is_same_number is null
            and is_same_birth_date is null
            and case
                when is_same_village is not null then is_same_village
                when is_same_town is not null then is_same_town
                else true
            end
        )
        -- a readable number that disagrees outweighs a shared name in a town, not in a village
        or (is_same_number is false and is_same_birth_date is null and is_same_village)

)

select * from final
