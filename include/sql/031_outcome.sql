-- Answers to findings: append-only, each once, judged row by row when they come in.

alter table ledger.answer add column if not exists approved_by text;
alter table ledger.answer add column if not exists source_file text;
alter table ledger.answer add column if not exists source_sheet text;
alter table ledger.answer add column if not exists source_row_no int;
-- What makes two answers one: everything that is said, not where it was written.
create or replace function ledger.answer_key(
    finding_id text, verdict text, wrong_side text, reason text, field_check text, answered_by text, answered_on date,
    valid_until date, value_hash text, approved_by text
) returns text
language sql immutable parallel safe
return md5(
    finding_id || e'\x1f' || verdict || e'\x1f' || coalesce(wrong_side, '') || e'\x1f' || coalesce(reason, '')
    || e'\x1f' || coalesce(field_check, '') || e'\x1f' || answered_by || e'\x1f'
    -- A date as text depends on the session; as a number of days it does not.
    || (answered_on - date '2000-01-01') || e'\x1f' || coalesce((valid_until - date '2000-01-01')::text, '')
    || e'\x1f' || coalesce(value_hash, '') || e'\x1f' || coalesce(approved_by, '')
);

alter table ledger.answer add column if not exists answer_key text generated always as (
    ledger.answer_key(
        finding_id, verdict, wrong_side, reason, field_check, answered_by, answered_on, valid_until, value_hash,
        approved_by
    )
) stored;
create unique index if not exists outcome_answer_key_idx on ledger.answer (answer_key);
create index if not exists outcome_finding_idx on ledger.answer (finding_id, outcome_id desc);

do $$
begin
    if not exists (
        select from pg_constraint
        where conrelid = 'ledger.answer'::regclass and conname = 'exempt_needs_approver'
    ) then
        alter table ledger.answer add constraint exempt_needs_approver
        check (verdict <> 'exempt' or nullif(btrim(approved_by), '') is not null) not valid;
    end if;
end
$$;

-- For every record that is only added to.
create or replace function ledger.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception '% 只可追加，不可更改或删除 · % is append-only', tg_table_name, tg_table_name
    using hint = 'Record a later one; it counts instead.';
end
$$;

create or replace trigger outcome_is_append_only
before update or delete on ledger.answer
for each row execute function ledger.refuse_change();

create or replace trigger outcome_is_never_emptied
before truncate on ledger.answer
for each statement execute function ledger.refuse_change();

-- Records the answers that can stand and says why the others cannot. One row per answer given.
-- answers: array of {position, finding_id, verdict, wrong_side, reason, field_check, answered_by, answered_on,
-- valid_until, value_hash, approved_by, source_file, source_sheet, source_row_no}, all but the position as text.
-- today: the day on which they are recorded; nothing can have been answered later.
create or replace function ledger.record_outcomes(answers jsonb, today date)
returns table (place_no int, recorded_id bigint, is_new boolean, refusals text[])
language plpgsql
as $$
declare
    night date := (select as_of from ledger.published_night);
begin
    if to_regclass('mart_finding.finding') is null then
        return query
        select (answer.given ->> 'position')::int, null::bigint, false, array['finding_unknown']
        from jsonb_array_elements(answers) as answer (given);
        return;
    end if;
    return query
    with given as materialized (
        select
            a.position,
            lower(btrim(a.finding_id)) as finding_id,
            nullif(lower(btrim(a.verdict)), '') as verdict,
            nullif(lower(btrim(a.wrong_side)), '') as wrong_side,
            parse.clean(a.reason) as reason,
            parse.clean(a.field_check) as field_check,
            parse.clean(a.answered_by) as answered_by,
            parse.to_date(a.answered_on) as answered_on,
            nullif(btrim(a.valid_until), '') is not null as has_expiry,
            -- 长期 is no day on which anybody looks again.
            nullif(parse.to_date(a.valid_until), date '9999-12-31') as valid_until,
            nullif(lower(btrim(a.value_hash)), '') as value_hash,
            parse.clean(a.approved_by) as approved_by,
            a.source_file,
            a.source_sheet,
            a.source_row_no
        from jsonb_to_recordset(answers) as a (
            position int, finding_id text, verdict text, wrong_side text, reason text, field_check text,
            answered_by text, answered_on text, valid_until text, value_hash text, approved_by text,
            source_file text, source_sheet text, source_row_no int
        )
    ),

    keyed as (
        select
            g.*,
            ledger.answer_key(
                g.finding_id, g.verdict, g.wrong_side, g.reason, g.field_check, g.answered_by, g.answered_on,
                g.valid_until, g.value_hash, g.approved_by
            ) as answer_key
        from given as g
    ),

    contradicted as (
        select k.finding_id
        from keyed as k
        group by k.finding_id
        having count(distinct coalesce(k.answer_key, k.position::text)) > 1
    ),

    -- Of two answers the one recorded last counts: a list of an earlier cycle that comes back late must not undo it.
    answered_since as (
        select distinct k.position, k.finding_id
        from keyed as k
        inner join ledger.answer as a
            on a.finding_id = k.finding_id and a.value_hash = k.value_hash and a.answered_on > k.answered_on
        where a.verdict <> 'unclear'
    ),

    judged as (
        select
            k.*,
            o.outcome_id as known_id,
            case
                when o.outcome_id is not null then '{}'
                when f.finding_id is null then array['finding_unknown']
                else array_remove(
                    array[
                        case when f.state = 'closed' then 'finding_closed' end,
                        case when c.finding_id is not null then 'answers_contradict' end,
                        case when s.finding_id is not null then 'answered_since' end,
                        case
                            when k.verdict is null then 'verdict_missing'
                            when k.verdict not in ('confirmed', 'false_positive', 'exempt', 'unclear') then 'verdict_unknown'
                        end,
                        case
                            when k.wrong_side not in ('registry', 'department', 'both', 'neither') then 'wrong_side_unknown'
                        end,
                        case
                            when k.value_hash is null then 'values_missing'
                            when k.value_hash <> f.value_hash then 'values_changed'
                        end,
                        case when k.answered_by is null then 'answerer_missing' end,
                        case
                            when k.answered_on is null then 'date_unreadable'
                            when k.answered_on < f.opened_on then 'answered_before_opening'
                            when k.answered_on > greatest(today, night) then 'answered_in_future'
                        end,
                        case when k.verdict = 'confirmed' and k.field_check is null then 'field_check_missing' end,
                        case
                            when k.verdict = 'exempt' and k.reason is null then 'reason_missing'
                            when k.verdict = 'false_positive' and k.reason is null and k.wrong_side is null
                                then 'reason_missing'
                        end,
                        case when k.verdict = 'exempt' and k.approved_by is null then 'approver_missing' end,
                        case
                            when k.has_expiry and k.valid_until is null then 'expiry_unreadable'
                            when k.verdict = 'exempt' and k.valid_until is null then 'expiry_missing'
                            -- It counts from the next night on: one that ends with this night would never count.
                            when k.valid_until <= night or k.valid_until < k.answered_on then 'expiry_passed'
                        end
                    ],
                    null
                )
            end as reasons
        from keyed as k
        left join ledger.answer as o on o.answer_key = k.answer_key
        left join mart_finding.finding as f
            on f.finding_id = k.finding_id and f.from_night <= night and night < f.to_night
        left join contradicted as c on c.finding_id = k.finding_id
        left join answered_since as s on s.position = k.position
    ),

    recorded as (
        insert into ledger.answer (
            finding_id, verdict, wrong_side, reason, field_check, answered_by, answered_on, valid_until, value_hash,
            approved_by, source_file, source_sheet, source_row_no
        )
        select distinct on (j.answer_key)
            j.finding_id, j.verdict, j.wrong_side, j.reason, j.field_check, j.answered_by, j.answered_on, j.valid_until,
            j.value_hash, j.approved_by, j.source_file, j.source_sheet, j.source_row_no
        from judged as j
        where j.reasons = '{}' and j.known_id is null
        order by j.answer_key, j.position
        on conflict (answer_key) do nothing
        returning outcome_id, answer_key
    )

    select
        j.position,
        coalesce(r.outcome_id, j.known_id),
        r.outcome_id is not null,
        j.reasons
    from judged as j
    left join recorded as r on r.answer_key = j.answer_key
    order by j.position;
end
$$;
revoke all on function ledger.record_outcomes, ledger.answer_key, ledger.refuse_change from public;
comment on function ledger.record_outcomes is
'登记核查结果，逐条说明不予登记的原因 · record answers to findings; says of each refused one why';
