-- Findings, their events, and the links behind them. Evidence keeps what names a person under `personal`.

select ledger.make_outward(
    'audit',
    'finding',
    array['mart_finding.finding', 'mart_summary.person', 'mart_summary.household'],
    $view$
    select
        f.finding_id::text,
        f.rule_id::text,
        f.severity::text,
        f.subject_kind::text,
        -- Of somebody outside the registry the key may be the number itself.
        case
            when
                f.subject_kind <> 'person'
                or who.is_known
                or {all_identifiers}
                or f.county_code = any({identifier_counties})
                then ledger.shown_key(f.subject_key, who.number)
            -- Somebody outside the registry is known by a number.
            else ledger.masked_id(f.subject_key)
        end as subject_key,
        f.object_key::text,
        case
            when {all_identifiers} or f.county_code = any({identifier_counties}) then who.name
            else ledger.masked_name(who.name)
        end as person_name,
        case
            when {all_identifiers} or f.county_code = any({identifier_counties}) then who.id_no
            else ledger.masked_id(who.id_no)
        end as id_no,
        f.household_no::text,
        f.county_code::text,
        f.town_code::text,
        f.village_code::text,
        f.departments::text[],
        f.owner_department::text,
        case
            when {all_identifiers} or f.county_code = any({identifier_counties}) then f.evidence
            else f.evidence - 'personal'
        end as evidence,
        f.state::text,
        f.is_baseline::boolean,
        f.cause_finding_id::text,
        f.first_seen::date,
        coalesce(f.last_seen, {night})::date as last_seen,
        f.closed_on::date,
        f.times_opened::int,
        f.outcome_id::bigint,
        f.value_hash::text,
        f.rule_version::text,
        f.opened_on::date,
        f.close_reason::text
    from mart_finding.finding as f
    {who f}
    where
        f.from_night <= {night}
        and {night} < f.to_night
        and {rights f.county_code}
    $view$
);

select ledger.make_outward(
    'audit',
    'finding_event',
    array['mart_finding.finding', 'mart_finding.finding_event'],
    $view$
    select
        e.finding_id::text,
        e.as_of::date,
        e.event::text,
        e.state::text,
        case
            when {all_identifiers} or f.county_code = any({identifier_counties}) then e.evidence
            else e.evidence - 'personal'
        end as evidence
    from mart_finding.finding_event as e
    inner join mart_finding.finding as f
        on f.finding_id = e.finding_id and f.from_night <= {night} and {night} < f.to_night
    where
        e.as_of <= {night}
        and ({all_counties} or {counties}[f.county_code] is not null)
    $view$
);

-- Rows about nobody in the registry belong to no county: only who may see all counties sees them, without a number.
select ledger.make_outward(
    'audit',
    'link',
    array['mart_identity.link', 'mart_summary.person'],
    $view$
    select
        l.extract::text,
        l.batch_id::bigint,
        l.row_no::bigint,
        l.subject_role::text,
        ledger.shown_key(l.person_key, p.person_no)::text as person_key,
        l.decision::text,
        l.tier::text,
        l.rule::text,
        l.model_version::text,
        l.match_weight::double precision,
        l.runner_up_weight::double precision,
        l.comparison::jsonb,
        l.gates::jsonb
    from (
        -- Apart, so that a row of a delivery is found by the index on the rows that nothing has closed.
        select s.* from mart_identity.link as s where s.to_night = 'infinity'
        union all
        select s.* from mart_identity.link as s where s.to_night < 'infinity' and {night} < s.to_night
    ) as l
    left join mart_summary.person as p
        on p.person_key = l.person_key and p.from_night <= {night} and {night} < p.to_night
    where
        l.from_night <= {night}
        and ({all_counties} or {counties}[p.county_code] is not null)
    $view$
);

-- The numbers that people and households of the registry have borne. Of a number that is an ID number only who may see
-- those sees it.
select ledger.make_outward(
    'audit',
    'registry_key',
    array['mart_identity.registry_key', 'mart_summary.person', 'mart_summary.household'],
    $view$
    select
        k.kind::text as subject_kind,
        case
            when may.see or k.kind = 'household' or k.has_number then k.life_key
            else ledger.masked_id(k.life_key)
        end as life_key,
        case
            when may.see or k.kind = 'household' or k.has_number then k.number_key
            else ledger.masked_id(k.number_key)
        end as number_key,
        k.is_listed::boolean,
        k.basis::text,
        case when may.see then k.evidence else '{}' end::jsonb as evidence,
        k.since::date,
        case when may.see or k.kind = 'household' then k.survivor_key end::text as survivor_key,
        coalesce(p.county_code, h.county_code)::text as county_code
    from mart_identity.registry_key as k
    left join mart_summary.person as p
        on k.kind = 'person' and p.person_key = k.life_key and p.from_night <= {night} and {night} < p.to_night
    left join mart_summary.household as h
        on k.kind = 'household' and h.household_key = k.life_key and h.from_night <= {night} and {night} < h.to_night
    cross join lateral (
        select
            {all_identifiers}
            or coalesce(p.county_code, h.county_code) = any({identifier_counties}) as see
    ) as may
    where
        k.from_night <= {night}
        and {night} < k.to_night
        and ({all_counties} or {counties}[coalesce(p.county_code, h.county_code)] is not null)
    $view$
);
