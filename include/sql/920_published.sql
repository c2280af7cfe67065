-- Aggregates for BI and reports: suppression is done in the marts, so these only choose the night.

select ledger.make_outward(
    'published',
    'comparison_summary',
    array['mart_summary.comparison_summary'],
    $view$
    select
        {night} as as_of,
        s.division_code::text,
        s.division_level::text,
        s.department::text,
        s.field::text,
        s.verdict::text,
        s.subjects::bigint,
        s.suppressed::boolean
    from mart_summary.comparison_summary as s
    where s.from_night <= {night} and {night} < s.to_night
    $view$
);

select ledger.make_outward(
    'published',
    'finding_summary',
    array['mart_summary.finding_summary'],
    $view$
    select
        {night} as as_of,
        s.division_code::text,
        s.division_level::text,
        s.rule_id::text,
        s.severity::text,
        s.owner_department::text,
        s.state::text,
        s.findings::bigint,
        s.opened::bigint,
        s.closed::bigint,
        s.suppressed::boolean
    from mart_summary.finding_summary as s
    where s.from_night <= {night} and {night} < s.to_night
    $view$
);

select ledger.make_outward(
    'published',
    'coverage',
    array['mart_summary.coverage'],
    $view$
    select
        {night} as as_of,
        s.division_code::text,
        s.division_level::text,
        s.indicator::text,
        s.numerator::bigint,
        s.denominator::bigint,
        s.not_comparable::bigint,
        s.rate::numeric(9, 4),
        s.target::numeric(9, 4),
        s.met::boolean,
        s.suppressed::boolean
    from mart_summary.coverage as s
    where s.from_night <= {night} and {night} < s.to_night
    $view$
);

select ledger.make_outward(
    'published',
    'profile',
    array['mart_summary.profile'],
    $view$
    select
        {night} as as_of,
        s.division_code::text,
        s.division_level::text,
        s.indicator::text,
        s.period::text,
        s.category::text,
        s.unit::text,
        s.published_value::numeric(24, 2) as value,
        s.published_share::numeric(9, 2) as share,
        s.suppressed::boolean
    from mart_summary.profile as s
    where s.from_night <= {night} and {night} < s.to_night
    $view$
);

-- One row per extract of the contracts; of a delivery in parts, the rows of all parts and the last part's number.
select ledger.make_outward(
    'published',
    'source_freshness',
    array['reference.extract', 'ledger.night_batch'],
    $view$
    select
        e.department::text,
        e.extract::text,
        n.batch_id::bigint as in_force_batch_id,
        n.data_date::date,
        ({night} - n.data_date)::int as age_days,
        e.max_age_days::int,
        (case when n.batch_id is null then 'missing' when n.is_stale then 'stale' else 'in_force' end)::text as status,
        n.rows_accepted::bigint,
        n.rows_quarantined::bigint
    from reference.extract as e
    left join (
        select
            nb.extract,
            max(nb.batch_id) as batch_id,
            max(nb.data_date) as data_date,
            bool_and(nb.is_stale) as is_stale,
            sum(b.rows_accepted) as rows_accepted,
            sum(b.rows_quarantined) as rows_quarantined
        from ledger.night_batch as nb
        inner join ledger.batch as b on b.batch_id = nb.batch_id
        where nb.as_of = {night} and nb.is_current
        group by nb.extract
    ) as n on n.extract = e.extract
    $view$
);

-- The rule book: every version, what became of it on the night, and the catalogue's rules that do not run, with the reason.
-- Parameters are those of the night for the version that ran on it, else as the version declares them. Precision is the
-- share of answers that confirmed the lead; it and the counts behind it are left out where those are few: with one of
-- them at hand (finding_summary) the share would tell the other.
select ledger.make_outward(
    'published',
    'rule',
    array['reference.rule', 'reference.rule_not_carried', 'ledger.night_rule', 'mart_summary.rule_precision'],
    $view$
    select
        r.rule_id::text,
        r.rule_version::text,
        r.title_zh::text,
        r.title_en::text,
        r.severity::text,
        r.departments::text[],
        coalesce(n.parameters, r.parameters)::jsonb as parameters,
        r.remedy::text,
        r.source::text,
        r.active_from::date,
        r.active_to::date,
        case when not a.is_withheld then a.precision end::numeric(9, 4) as precision,
        coalesce(n.status, 'other_version')::text as rule_status,
        ((n.problem ->> 'zh') || ' · ' || (n.problem ->> 'en'))::text as rule_reason,
        r.family::text,
        r.owner::text as owner_department,
        case when not a.is_withheld then a.confirmed end::bigint as confirmed,
        case when not a.is_withheld then a.false_positive end::bigint as false_positive,
        coalesce(a.is_to_retire, false)::boolean as to_retire
    from reference.rule as r
    left join ledger.night_rule as n
        on n.as_of = {night} and n.rule_id = r.rule_id and n.rule_version = r.rule_version
    left join mart_summary.rule_precision as a
        on
            a.rule_id = r.rule_id
            and a.rule_version = r.rule_version
            and a.from_night <= {night}
            and {night} < a.to_night
    union all
    select
        n.rule_id,
        'unreadable',
        r.title_zh,
        r.title_en,
        r.severity,
        coalesce(r.departments, '{}'),
        '{}'::jsonb,
        r.remedy,
        r.source,
        null,
        null,
        null::numeric(9, 4),
        n.status,
        (n.problem ->> 'zh') || ' · ' || (n.problem ->> 'en'),
        r.family,
        r.owner,
        null,
        null,
        false
    from ledger.night_rule as n
    left join lateral (
        -- as the version that ran last had it, if one ever did
        select v.*
        from reference.rule as v
        inner join ledger.night_rule as ran on ran.rule_id = v.rule_id and ran.rule_version = v.rule_version
        where v.rule_id = n.rule_id and ran.as_of <= {night} and ran.status = 'active'
        order by ran.as_of desc
        limit 1
    ) as r on true
    where n.as_of = {night} and n.status = 'refused' and n.rule_version is null
    union all
    select
        c.rule_id,
        'not_carried',
        c.title_zh,
        c.title_en,
        null,
        '{}',
        '{}'::jsonb,
        null,
        null,
        null,
        null,
        null::numeric(9, 4),
        'not_carried',
        c.reason_zh || ' · ' || c.reason_en,
        null,
        null,
        null,
        null,
        false
    from reference.rule_not_carried as c
    $view$
);

select ledger.make_outward(
    'published',
    'division',
    array['reference.division'],
    $view$
    select
        d.division_code::text,
        d.division_level::text,
        d.name::text,
        d.parent_code::text,
        d.valid_from::date,
        d.valid_to::date
    from reference.division as d
    $view$,
    with_asof => false
);

-- What the codes in the other tables are called, so that a BI tool shows titles by one join.
select ledger.make_outward(
    'published',
    'label',
    array['reference.department', 'reference.extract', 'reference.coverage_target', 'reference.compared_field'],
    $view$
    select 'department'::text as kind, d.department::text as code, d.title_zh::text as label_zh, d.title_en::text as label_en
    from reference.department as d
    union all
    select 'extract', e.extract, e.title_zh, e.title_en from reference.extract as e
    union all
    select 'indicator', t.indicator, t.title_zh, t.title_en from reference.coverage_target as t
    union all
    select 'field', f.department || '.' || f.field, f.title_zh, f.title_en from reference.compared_field as f
    union all
    select w.kind, w.code, w.label_zh, w.label_en
    from (
        values
        ('verdict', 'agree', '一致', 'agree'),
        ('verdict', 'differ', '不一致', 'differ'),
        ('verdict', 'registry_only', '仅名册有', 'registry only'),
        ('verdict', 'department_only', '仅部门有', 'department only'),
        ('verdict', 'not_comparable', '无法比对', 'not comparable'),
        ('state', 'open', '未结', 'open'),
        ('state', 'closed', '已关闭', 'closed'),
        ('state', 'confirmed', '核实属实', 'confirmed'),
        ('state', 'false_positive', '核实不属实', 'false positive'),
        ('state', 'exempt', '豁免', 'exempt'),
        ('severity', 'critical', '紧急', 'critical'),
        ('severity', 'high', '重要', 'high'),
        ('severity', 'error', '差错', 'error'),
        ('severity', 'warn', '关注', 'warn'),
        ('severity', 'info', '提示', 'info'),
        ('status', 'in_force', '生效', 'in force'),
        ('status', 'stale', '过期', 'stale'),
        ('status', 'missing', '缺失', 'missing'),
        ('reason', 'new_batch', '新名单', 'new list'),
        ('reason', 'correction', '更正', 'correction'),
        ('reason', 'rule_change', '规则变更', 'rule change'),
        ('reason', 'time', '时间推移', 'time'),
        ('reason', 'subject_change', '对象变化', 'change of subjects')
    ) as w (kind, code, label_zh, label_en)
    $view$,
    with_asof => false
);
