{{ planned_for_volume() }}
{#-
    How often each level of a comparison is seen among pairs of one person (links by number: free labels) and among pairs
    of two (each row beside a registry person taken by chance, the same one every time). The number itself cannot be
    estimated from pairs that it made, nor what only a few rows say: those levels stay as they were set.
-#}
{%- set pairs = 200000 %}
{%- set comparisons = ['name', 'birth_date', 'sex', 'place', 'household', 'relative'] %}
with mention as (

    select
        *,
        null::text as holder_household_key,
        coalesce(birth_date, {{ id_birth_date('id_key') }}) as known_birth_date,
        coalesce(sex, {{ id_sex('id_key') }}) as known_sex,
        row_number() over (order by hashint8(batch_id * 10000000 + row_no), batch_id, row_no, subject_role) as turn
    from {{ ref('int_identity__mention') }}
    where id_key is not null and name_norm is not null and is_current

),

-- The number's own birth date agrees by construction: only the one that the registry states separately counts.
person as (

    select
        person_key,
        household_key,
        town_code,
        village_code,
        hamlet_name,
        id_no,
        id_state,
        id_key,
        name_norm,
        sex,
        birth_date,
        null::date as number_birth_date,
        birth_date as known_birth_date,
        is_head,
        household_names,
        row_number() over (order by md5(person_key)) as turn,
        count(*) over () as persons
    from {{ ref('int_identity__residual_person') }}
    where name_norm is not null

),

same_person as (

    select
        'm' as kind,
        {{ link_levels('c', 'r') }}
    from mention as c
    inner join {{ ref('int_identity__number_decision') }} as d
        on c.batch_id = d.batch_id and c.row_no = d.row_no and c.subject_role = d.subject_role
    inner join person as r on d.person_key = r.person_key
    where d.decision = 'linked' and c.turn % greatest((select count(*) from mention) / {{ pairs }}, 1) = 0

),

two_persons as (

    select
        'u' as kind,
        {{ link_levels('c', 'r') }}
    from mention as c
    inner join person as r on (c.turn * 7919) % (select count(*) from person) + 1 = r.turn
    where c.turn <= {{ pairs }} and c.id_key is distinct from r.id_key

),

seen as (
    {%- for comparison in comparisons %}
    select
        kind,
        '{{ comparison }}' as comparison,
        {{ comparison }} as level
    from same_person
    union all
    select
        kind,
        '{{ comparison }}' as comparison,
        {{ comparison }} as level
    from two_persons
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

counted as (

    select
        comparison,
        level,
        count(*) filter (where kind = 'm') as seen_same,
        count(*) filter (where kind = 'u') as seen_two,
        sum(count(*) filter (where kind = 'm')) over (partition by comparison) as pairs_same,
        sum(count(*) filter (where kind = 'u')) over (partition by comparison) as pairs_two
    from seen
    where level <> 'unknown'
    group by comparison, level

),

final as (

    select
        comparison,
        level,
        seen_same,
        seen_two,
        pairs_same,
        pairs_two,
        (seen_same + 0.5) / (pairs_same + 1) as m,
        (seen_two + 0.5) / (pairs_two + 1) as u
    from counted
    where pairs_same >= 500 and pairs_two >= 500 and seen_same + seen_two >= 100

)

select * from final
