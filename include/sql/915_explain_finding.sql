-- One finding's whole story, for whoever has to defend it: what the rule says, what each side delivered (file, sheet,
-- row, every column as written and as normalised), how the rows were linked, what happened to the finding, what people
-- answered. Rights as in the audit views: other counties' findings do not exist, names and numbers need the extra right.

-- Reached by row number; null when the batch has been dropped (retention).
create or replace function ledger.row_of_batch(schema_name name, extract_name text, batch_id bigint, row_no bigint)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    found jsonb;
begin
    if to_regclass(format('%I.%I', schema_name, extract_name)) is null then
        return null;
    end if;
    execute format('select to_jsonb(r) from %I.%I as r where r.batch_id = $1 and r.row_no = $2 limit 1', schema_name, extract_name)
    into found
    using batch_id, row_no;
    return found;
end
$$;

-- A row as delivered and as read. Without `shows`, columns that name a person are listed and not shown.
create or replace function ledger.told_row(batch_id bigint, row_no bigint, shows boolean) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with batch as (
        select b.*, e.title_zh, e.title_en
        from ledger.batch as b
        left join reference.extract as e on e.extract = b.extract
        where b.batch_id = told_row.batch_id
    ),

    row_pair as (
        select
            ledger.row_of_batch('raw', batch.extract, told_row.batch_id, told_row.row_no) as delivered,
            ledger.row_of_batch('staging', batch.extract, told_row.batch_id, told_row.row_no) as normalised
        from batch
    )

    select jsonb_build_object(
        'extract', batch.extract,
        'title', concat_ws(' · ', batch.title_zh, batch.title_en),
        'department', batch.department,
        'batch_id', batch.batch_id::text,
        'row_no', told_row.row_no,
        'file', coalesce(batch.header_report ->> 'file', batch.source_name),
        'sheet', batch.header_report ->> 'sheet',
        'data_date', batch.data_date,
        'received_at', batch.received_at,
        'sha256', batch.sha256,
        'contract_version', batch.contract_version,
        'status', batch.status,
        'decided_by', batch.decided_by,
        'is_kept', row_pair.delivered is not null,
        'columns', (
            select jsonb_agg(
                jsonb_build_object(
                    'name', c.column_name,
                    'header', coalesce(matched.value ->> 'header', c.header),
                    'letter', matched.value ->> 'letter',
                    'is_withheld', c.is_personal and not shows,
                    'delivered', case when shows or not c.is_personal then row_pair.delivered -> c.column_name end,
                    'normalised', case when shows or not c.is_personal then row_pair.normalised -> c.column_name end
                )
                order by c.position
            )
            from reference.extract_column as c
            left join jsonb_array_elements(batch.header_report -> 'columns') as matched
                on matched.value ->> 'column' = c.column_name
            where c.extract = batch.extract and row_pair.delivered is not null
        ),
        'derived', (
            select jsonb_object_agg(d.key, d.value)
            from jsonb_each(row_pair.normalised) as d
            where
                d.key ~ '(^|_)(id_state|division_code|village_code|town_code)$'
                or d.key in ('parse_errors', 'unknown_codes', 'is_repeat')
        ),
        'quarantined', (
            select jsonb_agg(
                jsonb_build_object('expectation', q.expectation, 'column', q.column_name, 'reason', q.reason)
                order by q.expectation
            )
            from ledger.quarantined_row as q
            where q.batch_id = told_row.batch_id and q.row_no = told_row.row_no
        )
    )
    from batch
    cross join row_pair
$$;

create or replace function audit.explain_finding(finding_id text, night date default null) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    read_night date := (
        select coalesce(night, p.as_of) from ledger.published_night as p where coalesce(night, p.as_of) <= p.as_of
    );
    my ledger.session_access;
    found record;
    shows boolean;
    story jsonb;
begin
    if to_regclass('mart_finding.finding') is null then
        return null;
    end if;
    select * into my from ledger.session_access;
    select
        f.*,
        coalesce(p.person_no, h.household_no) as number,
        coalesce(p.person_name, h.head_name) as name,
        coalesce(p.id_no, h.head_id_no) as id_no,
        p.person_key is not null or h.household_key is not null as is_registered
    into found
    from mart_finding.finding as f
    left join mart_summary.person as p
        on
            f.subject_kind = 'person' and p.person_key = f.subject_key
            and p.from_night <= read_night and read_night < p.to_night
    left join mart_summary.household as h
        on
            f.subject_kind = 'household' and h.household_key = f.subject_key
            and h.from_night <= read_night and read_night < h.to_night
    where
        f.finding_id = explain_finding.finding_id
        and f.from_night <= read_night and read_night < f.to_night
        and (my.all_counties or f.county_code = any(my.counties));
    if found.finding_id is null then
        return null;
    end if;
    shows := my.all_identifiers or coalesce(found.county_code = any(my.identifier_counties), false);

    select jsonb_build_object(
        'as_of', read_night,
        'finding', jsonb_build_object(
            'finding_id', found.finding_id,
            'rule_id', found.rule_id,
            'severity', found.severity,
            'state', found.state,
            'is_baseline', found.is_baseline,
            'first_seen', found.first_seen,
            'last_seen', coalesce(found.last_seen, read_night),
            'opened_on', found.opened_on,
            'closed_on', found.closed_on,
            'close_reason', found.close_reason,
            'times_opened', found.times_opened,
            'departments', found.departments,
            'owner_department', found.owner_department,
            'object_key', found.object_key,
            'cause_finding_id', found.cause_finding_id
        ),
        'subject', jsonb_build_object(
            'kind', found.subject_kind,
            'key', case
                when found.is_registered or shows then ledger.shown_key(found.subject_key, found.number)
                else ledger.masked_id(found.subject_key)
            end,
            'name', case when shows then found.name else ledger.masked_name(found.name) end,
            'id_no', case when shows then found.id_no else ledger.masked_id(found.id_no) end,
            'household_no', found.household_no,
            'county_code', found.county_code,
            'place', (
                select string_agg(d.name, ' ' order by d.division_code)
                from reference.division as d
                where
                    d.division_code in (found.county_code, found.town_code, found.village_code)
                    and d.valid_from <= read_night and read_night < d.valid_to
            )
        ),
        'rule', (
            select jsonb_build_object(
                'rule_id', r.rule_id,
                'version', r.rule_version,
                'title', concat_ws(' · ', r.title_zh, r.title_en),
                'grain', r.grain,
                'predicate', r.definition -> 'predicate',
                'exceptions', r.definition -> 'exceptions',
                'notes', r.definition -> 'notes',
                'parameters', (
                    select n.parameters
                    from ledger.night_rule as n
                    where n.rule_id = r.rule_id and n.as_of <= least(read_night, coalesce(found.last_seen, read_night))
                    order by n.as_of desc
                    limit 1
                ),
                'remedy', r.remedy,
                'source', r.source
            )
            from reference.rule as r
            where r.rule_id = found.rule_id and r.rule_version = found.rule_version
        ),
        'values', found.evidence -> 'values',
        -- What the facts are called, where an audit view shows them too.
        'labels', (
            select jsonb_object_agg(said.side || '.' || said.name, said.comment)
            from (
                select distinct on (side.key, value.key)
                    side.key as side,
                    value.key as name,
                    o.comment
                from jsonb_each(found.evidence -> 'values') as side
                cross join jsonb_each(side.value) as value
                inner join ledger.outward_comment as o
                    on
                        o.schema_name = 'audit'
                        and o.view_name in ('person', 'household')
                        and o.column_name in (side.key || '__' || value.key, value.key)
                order by side.key, value.key, o.column_name = value.key, o.view_name = found.subject_kind desc
            ) as said
        ),
        'personal', case when shows then found.evidence -> 'personal' end,
        'names_are_shown', shows,
        'rows', (
            select jsonb_agg(
                ledger.told_row(told.batch_id, told.row_no, shows)
                || jsonb_build_object('sides', told.sides, 'links', (
                    select jsonb_agg(
                        jsonb_build_object(
                            'role', l.subject_role,
                            'decision', l.decision,
                            'tier', l.tier,
                            'rule', l.rule,
                            'model_version', l.model_version,
                            'match_weight', l.match_weight,
                            'runner_up_weight', l.runner_up_weight,
                            'comparison', l.comparison,
                            'gates', l.gates
                        )
                        order by l.subject_role
                    )
                    from (
                        -- Apart, as in audit.link: by the index on the rows that nothing has closed.
                        select s.* from mart_identity.link as s where s.to_night = 'infinity'
                        union all
                        select s.* from mart_identity.link as s where s.to_night < 'infinity' and read_night < s.to_night
                    ) as l
                    where l.batch_id = told.batch_id and l.row_no = told.row_no and l.from_night <= read_night
                ))
                order by not 'registry' = any(told.sides), told.sides
            )
            from (
                -- One row may speak for several sides (the roll, and the cover concluded from it).
                select
                    (side.value ->> 'batch_id')::bigint as batch_id,
                    (side.value ->> 'row_no')::bigint as row_no,
                    array_agg(side.key order by side.key) as sides
                from jsonb_each(found.evidence -> 'rows') as side
                where side.value ->> 'batch_id' is not null and side.value ->> 'row_no' is not null
                group by 1, 2
            ) as told
        ),
        'events', (
            select jsonb_agg(
                jsonb_build_object(
                    'as_of', e.as_of, 'event', e.event, 'state', e.state, 'values', e.evidence -> 'values'
                )
                order by e.as_of, e.event
            )
            from mart_finding.finding_event as e
            where e.finding_id = found.finding_id and e.as_of <= read_night
        ),
        'outcomes', (
            select jsonb_agg(
                jsonb_build_object(
                    'outcome_id', o.outcome_id::text,
                    'verdict', o.verdict,
                    'wrong_side', o.wrong_side,
                    'reason', o.reason,
                    'field_check', o.field_check,
                    'answered_by', o.answered_by,
                    'answered_on', o.answered_on,
                    'valid_until', o.valid_until,
                    'is_withheld', o.is_withheld,
                    'is_in_force', o.outcome_id is not distinct from found.outcome_id
                )
                order by o.outcome_id
            )
            from ledger.outcome as o
            where o.finding_id = found.finding_id and o.answered_on <= read_night
        ),
        'related', (
            select jsonb_agg(
                jsonb_build_object(
                    'finding_id', other.finding_id,
                    'rule_id', other.rule_id,
                    'state', other.state,
                    'relation', case when other.finding_id = found.cause_finding_id then 'cause' else 'effect' end
                )
                order by other.rule_id, other.finding_id
            )
            from mart_finding.finding as other
            where
                (other.finding_id = found.cause_finding_id or other.cause_finding_id = found.finding_id)
                and other.from_night <= read_night and read_night < other.to_night
        ),
        'run', (
            select jsonb_build_object('run_id', r.run_id::text, 'kind', r.kind, 'fingerprint', r.fingerprint)
            from ledger.run as r
            where r.as_of = read_night and r.status = 'published'
            order by r.run_id desc
            limit 1
        )
    )
    into story;
    return story;
end
$$;
comment on function audit.explain_finding is
'一条疑点的来龙去脉（JSON），可指定比对日期 · one finding''s whole story as JSON, of the published or an earlier night';

revoke all on function audit.explain_finding, ledger.told_row, ledger.row_of_batch from public;
alter function audit.explain_finding owner to bidui_view_owner;
grant execute on function ledger.told_row, ledger.row_of_batch to bidui_view_owner;
