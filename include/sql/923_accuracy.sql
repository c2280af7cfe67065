-- Whose lists are wrong, as field checks found. Auditors see counties, rules and months; `published` one row per county
-- and extract over all of them, where neither the wrong nor the right ones are few.

select ledger.make_outward(
    'audit',
    'extract_accuracy',
    array['mart_summary.extract_accuracy'],
    $view$
    select
        {night} as as_of,
        a.county_code::text,
        a.department::text,
        a.extract::text,
        a.rule_id::text,
        a.answered_in::date,
        a.answers::bigint,
        a.confirmed::bigint,
        a.false_positive::bigint,
        a.judged::bigint,
        a.wrong::bigint,
        round(a.wrong::numeric / nullif(a.judged, 0), 4)::numeric as wrong_share
    from mart_summary.extract_accuracy as a
    where
        a.from_night <= {night}
        and {night} < a.to_night
        and ({all_counties} or {counties}[a.county_code] is not null)
    $view$
);

select ledger.make_outward(
    'published',
    'extract_accuracy',
    array['mart_summary.extract_accuracy_total'],
    $view$
    select
        {night} as as_of,
        t.county_code::text,
        t.department::text,
        t.extract::text,
        case when not t.is_withheld then t.judged end::bigint as judged,
        case when not t.is_withheld then t.wrong end::bigint as wrong,
        case when not t.is_withheld then round(t.wrong::numeric / nullif(t.judged, 0), 4) end::numeric(9, 4) as wrong_share,
        t.is_withheld::boolean as suppressed
    from mart_summary.extract_accuracy_total as t
    where t.from_night <= {night} and {night} < t.to_night
    $view$
);
