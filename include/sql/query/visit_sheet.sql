-- A household's visit sheet, as the connected login may see it: one row per household (part 1), member (2), benefit of a
-- member or of the household (3) and open finding (4), village by village, each household's rows together.
-- Read by bidui.visit.household. Parameters: night, town, village (12-digit codes; null is all of them).
with home as materialized (
    select
        household_key,
        household_no,
        county_code,
        town_code,
        village_code,
        to_jsonb(h) as content
    from audit.household_asof(%(night)s) as h
    where
        (%(town)s::text is null or town_code = %(town)s)
        and (%(village)s::text is null or village_code = %(village)s)
),

member as materialized (
    select
        p.person_key,
        p.household_key,
        p.relation_to_head,
        p.birth_date,
        jsonb_build_object(
            'person_key', p.person_key,
            'person_name', p.person_name,
            'sex', p.sex,
            'age', extract(year from age(%(night)s::date, p.birth_date))::int,
            'relation_to_head', p.relation_to_head,
            'is_living', p.is_living,
            'health_status', p.health_status,
            'student_status', p.student_status
        ) as content
    from audit.person_asof(%(night)s) as p
    inner join home on p.household_key = home.household_key
),

-- What a benefit or a finding names: a person, or a household by its number or (where the number is not its own) its key.
subject as (
    select
        'person' as subject_kind,
        person_key as subject_key,
        household_key
    from member
    union
    select
        'household',
        household_key,
        household_key
    from home
    union
    select
        'household',
        household_no,
        household_key
    from home
    where household_no is not null
),

line as (
    select
        household_key,
        1 as part,
        0 as first_order,
        '' as second_order,
        content
    from home
    union all
    select
        household_key,
        2,
        case when relation_to_head = '户主' then 0 else 1 end,
        concat(birth_date, ' ', person_key),
        content
    from member
    union all
    select
        s.household_key,
        3,
        0,
        v.field,
        to_jsonb(v)
    from audit.household_visit_asof(%(night)s) as v
    inner join subject as s on v.subject_kind = s.subject_kind and v.subject_key = s.subject_key
    union all
    select
        s.household_key,
        4,
        array_position(array['critical', 'high', 'error', 'warn', 'info'], f.severity),
        concat(f.rule_id, ' ', f.finding_id),
        to_jsonb(f)
    from audit.finding_asof(%(night)s) as f
    inner join subject as s on f.subject_kind = s.subject_kind and f.subject_key = s.subject_key
    where f.state = 'open'
)

select
    home.county_code,
    home.town_code,
    home.village_code,
    home.household_key,
    line.part,
    line.content
from home
inner join line on home.household_key = line.household_key
order by
    home.county_code collate "C" nulls last,
    home.town_code collate "C" nulls last,
    home.village_code collate "C" nulls last,
    home.household_no collate "C",
    home.household_key collate "C",
    line.part,
    line.first_order,
    line.second_order collate "C"
