-- The office's lists: who may have to be monitored, who needs a plan, what to bring to a household's door, how a village
-- stands in the exit test. All of it follows from the facts, comparisons and findings of the night.

select ledger.make_outward(
    'audit',
    'monitoring_candidate',
    array['mart_summary.monitoring_candidate', 'mart_summary.household', 'reference.monitoring_trigger'],
    $view$
    select
        {night} as as_of,
        c.household_no::text,
        case
            when {all_identifiers} or c.county_code = any({identifier_counties}) then h.head_name
            else ledger.masked_name(h.head_name)
        end as head_name,
        c.county_code::text,
        c.town_code::text,
        c.village_code::text,
        c.direction::text,
        c.trigger::text,
        t.title_zh || ' · ' || t.title_en as title,
        c.evidence::jsonb,
        c.due_on::date
    from mart_summary.monitoring_candidate as c
    inner join reference.monitoring_trigger as t on c.direction = t.direction and c.trigger = t.trigger
    left join mart_summary.household as h
        on c.household_key = h.household_key and h.from_night <= {night} and {night} < h.to_night
    where
        c.from_night <= {night}
        and {night} < c.to_night
        and ({all_counties} or {counties}[c.county_code] is not null)
    $view$
);

select ledger.make_outward(
    'audit',
    'household_plan',
    array['mart_summary.household_plan', 'mart_summary.household'],
    $view$
    select
        {night} as as_of,
        p.household_no::text,
        case
            when {all_identifiers} or p.county_code = any({identifier_counties}) then h.head_name
            else ledger.masked_name(h.head_name)
        end as head_name,
        p.county_code::text,
        p.town_code::text,
        p.village_code::text,
        p.members::int,
        p.income_per_capita::numeric,
        p.plan_line::numeric,
        p.household_type::text,
        p.cause_1::text,
        p.risks::text,
        p.labour_members::int,
        p.ill_members::int,
        p.disabled_members::int,
        p.student_members::int,
        p.measures::text,
        h.open_findings::int
    from mart_summary.household_plan as p
    left join mart_summary.household as h
        on p.household_key = h.household_key and h.from_night <= {night} and {night} < h.to_night
    where
        p.from_night <= {night}
        and {night} < p.to_night
        and ({all_counties} or {counties}[p.county_code] is not null)
    $view$
);

select ledger.make_outward(
    'audit',
    'village_exit',
    array['mart_summary.village_exit', 'reference.village_exit_condition'],
    $view$
    select
        {night} as as_of,
        v.county_code::text,
        v.town_code::text,
        v.village_code::text,
        v.condition::text,
        c.title_zh || ' · ' || c.title_en as title,
        v.numerator::bigint,
        v.denominator::bigint,
        v.not_comparable::bigint,
        v.value::numeric,
        v.target::numeric,
        v.is_met::boolean,
        v.reason::text
    from mart_summary.village_exit as v
    inner join reference.village_exit_condition as c on v.condition = c.condition
    where
        v.from_night <= {night}
        and {night} < v.to_night
        and ({all_counties} or {counties}[v.county_code] is not null)
    $view$
);

-- The visit sheet: the benefits of every department's comparison, and the dwelling; who is not meant is left out.
do $do$
declare
    compared text;
begin
    -- The fields are chosen per table: chosen after the union, the planner takes them for next to no rows.
    select string_agg(
        format(
            'select f.department, f.title_zh || '' · '' || f.title_en as title, c.*'
            ' from mart_comparison.%I as c inner join reference.compared_field as f on c.field = f.field'
            ' where f.department = %L and (f.kind = ''benefit'' or f.field = ''unsafe_house'') and f.field <> ''other_dwelling''',
            relname, substr(relname, 12)
        ),
        ' union all ' order by relname
    )
    into compared
    from pg_class
    where
        relnamespace = 'mart_comparison'::regnamespace and relkind = 'r' and relname ~ '^comparison_[a-z_]+$'
        and relname !~ '__new$';
    if compared is null then
        return;
    end if;
    perform ledger.make_outward(
        'audit',
        'household_visit',
        array['mart_summary.person', 'mart_summary.household', 'reference.compared_field'],
        replace($view$
        select
            {night} as as_of,
            c.household_no::text,
            c.subject_kind::text,
            who.key::text as subject_key,
            case
                when {all_identifiers} or c.county_code = any({identifier_counties}) then who.name
                else ledger.masked_name(who.name)
            end as person_name,
            c.county_code::text,
            c.town_code::text,
            c.village_code::text,
            c.field::text,
            -- To have it is to live safely: what is compared is the opposite.
            case c.field when 'unsafe_house' then '安全住房 · Safe dwelling' else c.title end as title,
            case
                when c.verdict = 'not_comparable' then 'unknown'
                when c.field = 'unsafe_house' then case c.department_value when '否' then 'has' else 'missing' end
                when c.verdict = 'department_only' then 'has'
                when c.verdict = 'registry_only' then 'missing'
                when c.department_value = '是' then 'has'
                else 'none'
            end as standing,
            c.verdict::text,
            c.reason::text,
            c.department::text,
            c.extract::text,
            c.department_batch_id::bigint,
            c.department_row_no::bigint
        from ({compared}) as c
        {who c}
        where
            c.from_night <= {night}
            and {night} < c.to_night
            and c.reason is distinct from 'out_of_scope'
            and {rights c.county_code}
        $view$, '{compared}', compared)
    );
end
$do$;
