-- Why rows are linked, and which wait for a reviewer.

-- The waterfall of a weight: where it starts, what each comparison adds, what it comes to.
select ledger.make_outward(
    'audit',
    'link_weight',
    array['mart_identity.link', 'mart_summary.person'],
    $view$
    select
        l.extract::text,
        l.batch_id::bigint,
        l.row_no::bigint,
        l.subject_role::text,
        b.step::int,
        b.comparison::text,
        (l.comparison ->> b.comparison)::text as level,
        b.bits::double precision,
        b.total::double precision
    from mart_identity.link as l
    cross join lateral (
        -- Added up link by link: over all of them, the first row would wait for the last.
        select
            row_number() over (order by o.step, e.key) as step,
            e.key as comparison,
            e.value::double precision as bits,
            round(sum(e.value::numeric) over (order by o.step, e.key), 2) as total
        from jsonb_each_text(l.comparison -> 'bits') as e
        left join unnest(
            array['prior', 'name', 'id', 'birth_date', 'sex', 'place', 'household', 'relative', 'hamlet', 'registered']
        ) with ordinality as o (comparison, step) on o.comparison = e.key
    ) as b
    left join mart_summary.person as p
        on p.person_key = l.person_key and p.from_night <= {night} and {night} < p.to_night
    where
        l.comparison ? 'bits'
        and l.from_night <= {night}
        and {night} < l.to_night
        and ({all_counties} or {counties}[p.county_code] is not null)
    $view$
);

select ledger.make_outward(
    'audit',
    'link_review',
    array['mart_identity.link_review', 'mart_summary.person'],
    $view$
    select
        q.extract::text,
        q.batch_id::bigint,
        q.row_no::bigint,
        q.subject_role::text,
        ledger.shown_key(q.person_key, p.person_no)::text as person_key,
        p.person_no::text,
        q.county_code::text,
        case when {all_identifiers} or q.county_code = any({identifier_counties}) then q.row_name else ledger.masked_name(q.row_name) end as row_name,
        case when {all_identifiers} or q.county_code = any({identifier_counties}) then q.row_id_no else ledger.masked_id(q.row_id_no) end as row_id_no,
        q.row_sex::text,
        case when {all_identifiers} or q.county_code = any({identifier_counties}) then q.row_birth_date end as row_birth_date,
        coalesce(row_village.name, q.row_village_code)::text as row_village_name,
        case when {all_identifiers} or q.county_code = any({identifier_counties}) then q.person_name else ledger.masked_name(q.person_name) end as person_name,
        case when {all_identifiers} or q.county_code = any({identifier_counties}) then q.id_no else ledger.masked_id(q.id_no) end as id_no,
        q.sex::text,
        case when {all_identifiers} or q.county_code = any({identifier_counties}) then q.birth_date end as birth_date,
        coalesce(village.name, q.village_code)::text as village_name,
        q.tier::text,
        q.rule::text,
        q.match_weight::double precision,
        q.comparison::jsonb,
        q.gates::jsonb,
        q.mention_hash::text,
        q.person_hash::text
    from mart_identity.link_review as q
    left join lateral (
        -- One row, looked up for rows that are theirs to see, and only where it is asked for.
        select any_value(p.person_no) as person_no
        from mart_summary.person as p
        where p.person_key = q.person_key and p.from_night <= {night} and {night} < p.to_night
    ) as p on true
    left join reference.division as row_village
        on
            row_village.division_code = q.row_village_code
            and row_village.valid_from <= {night} and {night} < row_village.valid_to
    left join reference.division as village
        on village.division_code = q.village_code and village.valid_from <= {night} and {night} < village.valid_to
    where
        q.from_night <= {night}
        and {night} < q.to_night
        and ({all_counties} or {counties}[q.county_code] is not null)
    $view$
);
