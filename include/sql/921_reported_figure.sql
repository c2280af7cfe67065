-- The audit of typed-in reports. What the warehouse counts is left empty in `published` where it is small, the verdict
-- with it: "equal" would tell the count.

select ledger.make_outward(
    'audit',
    'reported_figure_audit',
    array['mart_summary.reported_figure_audit'],
    $view$
    select
        {night} as as_of,
        f.report::text,
        f.division_code::text,
        f.check_kind::text,
        f.rule_id::text,
        f.indicator::text,
        f.period::text,
        f.stated::numeric,
        f.computed::numeric,
        f.difference::numeric,
        f.verdict::text,
        f.note::text
    from mart_summary.reported_figure_audit as f
    where
        f.from_night <= {night}
        and {night} < f.to_night
        and ({all_counties} or f.division_code is null or {counties}[left(f.division_code, 6)] is not null)
    $view$
);

select ledger.make_outward(
    'published',
    'reported_figure_audit',
    array['mart_summary.reported_figure_audit'],
    $view$
    select
        {night} as as_of,
        f.report::text,
        f.division_code::text,
        f.check_kind::text,
        f.rule_id::text,
        f.indicator::text,
        f.period::text,
        f.stated::numeric(24, 4),
        case when not f.is_withheld then f.computed end::numeric(24, 4) as computed,
        case when not f.is_withheld then f.difference end::numeric(24, 4) as difference,
        case when f.is_withheld then 'NOT_COMPARABLE' else f.verdict end::text as verdict,
        f.note::text,
        f.is_withheld::boolean as suppressed
    from mart_summary.reported_figure_audit as f
    where f.from_night <= {night} and {night} < f.to_night
    $view$
);
