-- What somebody was told about: once per subject and state, again after the reminder interval while it stays.
create table if not exists ledger.alert (
    alert_id bigint generated always as identity primary key,
    kind text not null,
    subject text not null,
    state text not null,
    text_zh text not null,
    text_en text not null,
    first_seen date not null,
    last_seen date not null,
    last_told date,
    times_told int not null default 0,
    resolved_on date
);
create unique index if not exists alert_open_idx on ledger.alert (kind, subject, state) where resolved_on is null;

-- Which channel (by its Airflow connection; of mail, also by a digest of who is written to) took an alert, and when last:
-- one that failed is asked again at the next look, whatever the others did.
create table if not exists ledger.alert_told (
    alert_id bigint not null references ledger.alert on delete cascade,
    connection text not null,
    told_on date not null,
    primary key (alert_id, connection)
);

-- The first day of the last period that should have been delivered by a day: today less the days that arrival may take.
create or replace function ledger.period_due(cadence text, day date) returns date
language sql immutable parallel safe
return case cadence
    when 'daily' then day - 1
    when 'weekly' then date_trunc('week', day)::date - 7
    when 'ten_days' then case
        when extract(day from day) > 20 then date_trunc('month', day)::date + 10
        when extract(day from day) > 10 then date_trunc('month', day)::date
        else (date_trunc('month', day) - interval '1 month')::date + 20
    end
    when 'monthly' then (date_trunc('month', day) - interval '1 month')::date
    when 'quarterly' then (date_trunc('quarter', day) - interval '3 months')::date
    -- Terms begin in March and September.
    when 'termly' then (
        date_trunc('month', day) - make_interval(months => 6 + (extract(month from day)::int + 3) % 6)
    )::date
    when 'yearly' then (date_trunc('year', day) - interval '1 year')::date
end;

-- A threshold of alerts that holds on a day; NULL (nothing is told) where a county has set no number.
create or replace function ledger.alert_parameter(rule text, name text, today date) returns numeric
language plpgsql stable
as $$
begin
    return (
        select case when p.value ~ '^[0-9]{1,9}(\.[0-9]{1,6})?$' then p.value::numeric end
        from reference.parameter as p
        where p.rule_id = rule and p.parameter = name and p.key = '' and p.division_code = ''
            and p.valid_from <= today and today < p.valid_to
        limit 1
    );
end
$$;

-- After how many days somebody is told again of what stays.
create or replace function ledger.remind_days(today date) returns numeric
language sql stable
return coalesce(ledger.alert_parameter('AGG-09', 'remind_days', today), 7);

-- Everything that somebody should know on a day: kind, what it is about, in which state, and the figures of the sentence.
-- Figures are counts, dates and names of configuration; nothing of a row. Coverage and rules are compared between the
-- published night and the night before it, county by county; a suppressed figure is NULL and tells nothing.
create or replace function ledger.alert_condition(today date)
returns table (kind text, subject text, state text, detail jsonb)
language plpgsql stable
as $$
declare
    night date := (select p.as_of from ledger.published_night as p);
    before_it date := (select max(r.as_of) from ledger.run as r where r.status = 'published' and r.as_of < night);
    coverage_drop numeric := ledger.alert_parameter('AGG-07', 'coverage_drop', today);
    jump_factor numeric := ledger.alert_parameter('AGG-08', 'jump_factor', today);
    jump_min numeric := ledger.alert_parameter('AGG-08', 'jump_min', today);
begin
    return query
    select 'held', b.extract, 'batch ' || b.batch_id,
        jsonb_build_object('batch_id', b.batch_id, 'title_zh', e.title_zh, 'title_en', e.title_en)
    from ledger.held_batch as b
    inner join reference.extract as e on e.extract = b.extract
    where b.as_of <= today;

    return query
    with newest as (
        select e.*, max(b.data_date) as data_date
        from reference.extract as e
        inner join ledger.batch_known(today) as b on b.extract = e.extract
        group by e.extract
    )
    select
        case when today - n.data_date > n.max_age_days then 'stale' else 'late' end,
        n.extract,
        'data of ' || n.data_date,
        jsonb_build_object(
            'title_zh', n.title_zh, 'title_en', n.title_en, 'data_date', n.data_date, 'age_days', today - n.data_date,
            'max_age_days', n.max_age_days, 'period', ledger.period_due(n.cadence, today - n.arrives_within_days)
        )
    from newest as n
    where today - n.data_date > n.max_age_days
        or n.data_date < ledger.period_due(n.cadence, today - n.arrives_within_days);

    -- A list that has never come has no age: it is missed once its time to arrive has passed since the first night.
    return query
    select 'missing', e.extract, 'since ' || started.night,
        jsonb_build_object('title_zh', e.title_zh, 'title_en', e.title_en, 'first_night', started.night)
    from reference.extract as e
    cross join (select min(r.as_of) as night from ledger.run as r where r.kind = 'night') as started
    where e.cadence <> 'once' and started.night + e.arrives_within_days < today
        and not exists (
            select from ledger.batch as b
            where b.extract = e.extract and b.status in ('accepted', 'superseded') and b.as_of <= today
        );

    if before_it is null then
        return;
    end if;

    if to_regclass('mart_summary.coverage') is not null then
        return query
        select 'coverage_drop', now_.division_code || ' ' || now_.indicator, 'night ' || night,
            jsonb_build_object(
                'division', coalesce(d.name, now_.division_code),
                'indicator_zh', coalesce(t.title_zh, now_.indicator), 'indicator_en', coalesce(t.title_en, now_.indicator),
                'before', to_char(was.rate * 100, 'FM990.00'), 'after', to_char(now_.rate * 100, 'FM990.00')
            )
        from mart_summary.coverage as now_
        inner join mart_summary.coverage as was
            on was.division_code = now_.division_code and was.indicator = now_.indicator
        left join reference.coverage_target as t on t.indicator = now_.indicator
        left join reference.division as d
            on d.division_code = now_.division_code and d.valid_from <= night and night < d.valid_to
        where now_.division_level = 'county'
            and now_.from_night <= night and night < now_.to_night
            and was.from_night <= before_it and before_it < was.to_night
            and was.rate - now_.rate >= coverage_drop;
    end if;

    if to_regclass('mart_finding.finding') is not null then
        return query
        with open_finding as (
            select
                f.rule_id,
                count(*) filter (where f.from_night <= night and night < f.to_night) as hits,
                count(*) filter (where f.from_night <= before_it and before_it < f.to_night) as hits_before
            from mart_finding.finding as f
            where f.state = 'open'
            group by 1
        )
        select 'rule_jump', o.rule_id, 'night ' || night,
            jsonb_build_object(
                'before', o.hits_before, 'after', o.hits,
                'title_zh', coalesce(r.title_zh, ''), 'title_en', coalesce(r.title_en, '')
            )
        from open_finding as o
        left join ledger.night_rule as n on n.as_of = night and n.rule_id = o.rule_id
        left join reference.rule as r on r.rule_id = n.rule_id and r.rule_version = n.rule_version
        where o.hits - o.hits_before >= jump_min and o.hits >= jump_factor * o.hits_before;
    end if;
end
$$;
comment on function ledger.alert_condition is '某日应提醒的情况 · everything that somebody should know on a day';
