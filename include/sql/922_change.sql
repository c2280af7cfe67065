-- Why numbers are others than in the night before. Auditors see every division of their counties; `published` shows
-- counties and towns, where no reason stands for a few (see the model int_change__withheld). A county's figure that is
-- withheld has a row for each reason, empty; a town's has none.

select ledger.make_outward(
    'audit',
    'change',
    array['mart_summary.change'],
    $view$
    select
        {night} as as_of,
        c.division_code::text,
        c.division_level::text,
        c.figure::text,
        c.reason::text,
        c.delta::bigint
    from mart_summary.change as c
    where
        c.from_night <= {night}
        and {night} < c.to_night
        and ({all_counties} or {counties}[left(c.division_code, 6)] is not null)
    $view$
);

select ledger.make_outward(
    'published',
    'change',
    array['mart_summary.change'],
    $view$
    select
        {night} as as_of,
        c.division_code::text,
        c.division_level::text,
        c.figure::text,
        c.reason::text,
        c.delta::bigint,
        false as suppressed
    from mart_summary.change as c
    where c.from_night <= {night} and {night} < c.to_night and not c.is_withheld
    union all
    select distinct
        {night} as as_of,
        c.division_code::text,
        c.division_level::text,
        c.figure::text,
        r.reason::text,
        null::bigint as delta,
        true as suppressed
    from mart_summary.change as c
    cross join (
        values ('new_batch'), ('correction'), ('rule_change'), ('time'), ('subject_change')
    ) as r (reason)
    where c.from_night <= {night} and {night} < c.to_night and c.is_withheld and c.division_level = 'county'
    $view$
);
