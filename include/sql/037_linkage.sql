-- Residual linkage (tier 2): versions of its model, frozen terms, who activated what, what reviewers answered.
-- Names are terms here, so nothing of `reference` is outward.

-- Shipped versions: filled by the dbt seeds of these names (created here, so that the views below can exist first).
create table if not exists reference.link_model_shipped (
    model_version text,
    link_at double precision,
    review_at double precision,
    margin double precision,
    weight_cap double precision,
    weight_floor double precision,
    largest_block integer,
    note text
);
create table if not exists reference.link_weight_shipped (
    model_version text,
    comparison text,
    level text,
    m double precision,
    u double precision,
    by_term text,
    meaning text
);

-- Versions that `bidui linkage estimate` saved; never changed afterwards.
create table if not exists reference.link_model_saved (
    model_version text primary key,
    link_at double precision not null,
    review_at double precision not null,
    margin double precision not null,
    weight_cap double precision not null,
    weight_floor double precision not null,
    largest_block integer not null,
    note text,
    based_on text not null,
    estimated_on date not null,
    saved_at timestamptz not null default now()
);
create table if not exists reference.link_weight_saved (
    model_version text not null references reference.link_model_saved,
    comparison text not null,
    level text not null,
    m double precision not null check (m > 0 and m <= 1),
    u double precision not null check (u > 0 and u <= 1),
    by_term text,
    meaning text,
    primary key (model_version, comparison, level)
);

create or replace view reference.link_model as
select model_version, link_at, review_at, margin, weight_cap, weight_floor, largest_block, note, 'shipped' as origin
from reference.link_model_shipped
union all
select model_version, link_at, review_at, margin, weight_cap, weight_floor, largest_block, note, 'estimated' as origin
from reference.link_model_saved;
comment on view reference.link_model is
'残余关联模型的版本与界限（比特） · versions of the residual model and their limits, bits';

-- The weight of a level in bits; a level with `by_term` takes the frequency of its own value for u where that is higher.
create or replace view reference.link_weight as
select
    w.model_version,
    w.comparison,
    w.level,
    w.m,
    w.u,
    w.by_term,
    w.meaning,
    round(greatest(o.weight_floor, least(o.weight_cap, log(w.m / w.u) / log(2)))::numeric, 2)::double precision as bits
from (
    select model_version, comparison, level, m, u, by_term, meaning from reference.link_weight_shipped
    union all
    select model_version, comparison, level, m, u, by_term, meaning from reference.link_weight_saved
) as w
inner join reference.link_model as o on o.model_version = w.model_version;
comment on view reference.link_weight is
'残余关联：各比较项各级别的权重（比特）= log2(m/u) · residual linkage: weight of each comparison and level, bits';

-- How common a name, a birth date, a village is: frozen when a version first meets the county's people, because a score
-- that moved every night could not be defended. Only what is more common than its level's u: the rest weighs as u says.
-- `population` is the number of people counted (the prior is 1 in it).
create table if not exists reference.link_term (
    model_version text not null,
    term text not null check (term in ('name', 'birth_date', 'village', 'population')),
    value text not null,
    persons bigint not null check (persons > 0),
    primary key (model_version, term, value)
);
comment on table reference.link_term is
'残余关联：姓名、出生日期、村的人数，按版本冻结 · people per name, birth date and village, frozen per version';

create table if not exists ledger.link_activation (
    activation_id bigint generated always as identity primary key,
    model_version text not null,
    activated_by text not null check (btrim(activated_by) <> ''),
    reason text not null check (btrim(reason) <> ''),
    difference jsonb not null default '{}',
    activated_at timestamptz not null default now()
);
comment on table ledger.link_activation is
'残余关联模型的启用记录；最后一条有效 · activations of the residual model; the last one counts';

-- What a reviewer said of a row and a registry person. Bound to the values of both sides: it holds for the same row in a
-- later batch, and lapses when either side changes. Append-only; of several answers about one pair the last counts.
create table if not exists ledger.link_verdict (
    verdict_id bigint generated always as identity primary key,
    mention_hash text not null check (mention_hash ~ '^[0-9a-f]{32}$'),
    person_hash text not null check (person_hash ~ '^[0-9a-f]{32}$'),
    verdict text not null check (verdict in ('same', 'different')),
    reason text,
    decided_by text not null default session_user check (btrim(decided_by) <> ''),
    decided_on date not null,
    source text,
    recorded_by name not null default session_user,
    recorded_at timestamptz not null default now()
);
create index if not exists link_verdict_pair_idx on ledger.link_verdict (mention_hash, person_hash, verdict_id desc);
comment on table ledger.link_verdict is
'复核结论：同一人或不同人，绑定双方取值 · reviewers'' verdicts on a row and a person, bound to the values of both';

create or replace trigger append_only before update or delete on ledger.link_verdict
for each statement execute function ledger.refuse_change();
create or replace trigger append_only before update or delete on ledger.link_activation
for each statement execute function ledger.refuse_change();

-- What a night's linkage runs with, frozen when its reconcile starts.
create table if not exists ledger.night_linkage (
    as_of date primary key,
    model_version text not null,
    last_verdict_id bigint not null
);
comment on table ledger.night_linkage is
'当夜残余关联的模型版本与最后一条复核结论 · model version and last verdict of each night''s linkage';

-- The version that nights run with from now on.
create or replace function ledger.active_link_model() returns text
language sql stable as $$
    select coalesce(
        (select a.model_version from ledger.link_activation as a order by a.activation_id desc limit 1),
        (select min(m.model_version) from reference.link_model_shipped as m)
    )
$$;

-- Keep tonight's frequencies for a version that has none. `counted`: the model int_identity__term, which a rebuild or a
-- replay has in a schema beside.
create or replace function reference.freeze_link_terms(version text, counted regclass) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from reference.link_term as t where t.model_version = version) then
        return;
    end if;
    -- By way of a table: only what makes one is counted by several cores.
    execute format('create temporary table term_tonight on commit drop as select term, value, persons from %s', counted);
    insert into reference.link_term (model_version, term, value, persons)
    with rare as (
        select w.by_term as term, min(w.u) * (select persons from term_tonight where term = 'population') as persons
        from reference.link_weight as w
        where w.model_version = version and w.by_term is not null
        group by w.by_term
    )
    select version, t.term, t.value, t.persons
    from term_tonight as t
    left join rare as r on r.term = t.term
    where t.term = 'population' or t.persons > r.persons;
    drop table term_tonight;
end
$$;
revoke all on function reference.freeze_link_terms(text, regclass) from public;

-- Keep what `link_estimate` found as a version of its own, on top of the version in force: a level that could not be
-- estimated keeps its weight. Tonight's frequencies are frozen with it.
create or replace function reference.save_link_model(new_version text, night date) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    base text := ledger.active_link_model();
begin
    insert into reference.link_model_saved (
        model_version, link_at, review_at, margin, weight_cap, weight_floor, largest_block, note, based_on, estimated_on
    )
    select
        new_version, o.link_at, o.review_at, o.margin, o.weight_cap, o.weight_floor, o.largest_block,
        format('按 %s 之夜估计 · estimated from the night of %s, on %s', night, night, base), base, night
    from reference.link_model as o
    where o.model_version = base;
    insert into reference.link_weight_saved (model_version, comparison, level, m, u, by_term, meaning)
    select
        new_version,
        w.comparison,
        w.level,
        coalesce(e.m, w.m),
        -- Where a value's own frequency counts, u is the least it may be: that of a value nobody has met.
        case when w.by_term is null then coalesce(e.u, w.u) else w.u end,
        w.by_term,
        w.meaning
    from reference.link_weight as w
    left join mart_identity.link_estimate as e on e.comparison = w.comparison and e.level = w.level
    where w.model_version = base;
    perform reference.freeze_link_terms(new_version, 'mart_identity.int_identity__term');
end
$$;
revoke all on function reference.save_link_model from public;

-- Verdicts as they come back in a workbook: judged row by row, those that can stand are recorded, each once.
-- given: [{place, mention_hash, person_hash, verdict, reason, reviewer, day}], verdict same or different.
-- refusal: verdict_missing | verdict_unknown | reviewer_missing | day_unreadable | day_in_future | answers_contradict |
-- two_persons | decided_since (a later day's verdict is on record) | not_waiting (the pair is not in the queue: its values
-- have changed, or it was decided otherwise); NULL: it stands.
create or replace function ledger.record_link_verdicts(given jsonb, source_file text, today date)
returns table (place int, refusal text, is_new boolean)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    create temporary table answer on commit drop as
    select
        g.place,
        g.mention_hash,
        g.person_hash,
        nullif(btrim(g.verdict), '') as verdict,
        nullif(btrim(g.reason), '') as reason,
        nullif(btrim(g.reviewer), '') as reviewer,
        parse.to_date(g.day) as day,
        null::text as refusal,
        false as is_known
    from jsonb_to_recordset(given) as g (
        place int, mention_hash text, person_hash text, verdict text, reason text, reviewer text, day text
    );
    update answer as a
    set is_known = true
    from (
        select distinct on (v.mention_hash, v.person_hash) v.mention_hash, v.person_hash, v.verdict
        from ledger.link_verdict as v
        order by v.mention_hash, v.person_hash, v.verdict_id desc
    ) as last_said
    where (a.mention_hash, a.person_hash, a.verdict) = (last_said.mention_hash, last_said.person_hash, last_said.verdict);
    update answer as a
    set refusal = case
        when a.verdict is null then 'verdict_missing'
        when a.verdict not in ('same', 'different') then 'verdict_unknown'
        when a.reviewer is null then 'reviewer_missing'
        when a.day is null then 'day_unreadable'
        when a.day > today then 'day_in_future'
        when exists (
            select from answer as o
            where (o.mention_hash, o.person_hash) = (a.mention_hash, a.person_hash) and o.verdict <> a.verdict
        ) then 'answers_contradict'
        when a.verdict = 'same' and exists (
            select from answer as o
            where o.mention_hash = a.mention_hash and o.person_hash <> a.person_hash and o.verdict = 'same'
        ) then 'two_persons'
        -- The verdict recorded last counts: a workbook that comes back late must not undo a later one.
        when not a.is_known and exists (
            select from ledger.link_verdict as v
            where (v.mention_hash, v.person_hash) = (a.mention_hash, a.person_hash) and v.decided_on > a.day
        ) then 'decided_since'
        when not a.is_known and not exists (
            select from mart_identity.link_review as q
            where (q.mention_hash, q.person_hash) = (a.mention_hash, a.person_hash) and q.to_night = 'infinity'
        ) then 'not_waiting'
    end;
    insert into ledger.link_verdict (mention_hash, person_hash, verdict, reason, decided_by, decided_on, source)
    select distinct on (a.mention_hash, a.person_hash)
        a.mention_hash, a.person_hash, a.verdict, a.reason, a.reviewer, a.day, source_file
    from answer as a
    where a.refusal is null and not a.is_known
    order by a.mention_hash, a.person_hash, a.place;
    return query
    select a.place, a.refusal, a.refusal is null and not a.is_known from answer as a order by a.place;
end
$$;
revoke all on function ledger.record_link_verdicts from public;
