-- How an outward view is made. Definitions in the files that follow say `{night}` where the night belongs: the view
-- reads the published one, and <view>_asof(date), where there is one, any night that is kept, with the same rights.
--
-- They say `{all_counties}`, `{counties}`, `{all_identifiers}` and `{identifier_counties}` where the rights of whoever is
-- connected belong. `explain analyze` counts what every step did, and a reader's own condition that cannot raise an error
-- is tried within the view: asked before the rights, it would answer any question about other counties' people, yes or
-- no. So rights are single values, which are there when the table is scanned (joined, they would be asked above the
-- scan), and what asks them, `({all_counties} or {counties}[code] is not null)`, calls no function: PostgreSQL tries
-- the cheapest condition first, and nothing is cheaper.
--
-- A large view asks `{rights c.county_code}` instead: it is made in two halves, of which one finds rows. Who holds every
-- county gets all rows (no night reaches anybody else); others get those whose county is one of theirs, a condition that
-- an index answers, so that what they ask costs what their counties hold and not what the warehouse holds. Both say it of a
-- row, since PostgreSQL remembers no subject looked up (below) where a condition of no row stands at the join.
--
-- `{who c}` joins what the registry of the night calls the person or household that row c is about (`who.number`, `who.name`,
-- `who.id_no`; `who.key`, its key as people see it; `who.is_known`). One row, told by its aggregates, so that a query that
-- asks for none of them (a count) does not look it up at all. The key is made in there, so that who asks for one of
-- them has each subject looked up once and not with every row (PostgreSQL remembers nothing where a filter stands at the join).

create or replace function ledger.make_outward(
    schema_name name, view_name name, needs text[], definition text, with_asof boolean default true
) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    with_subjects text := regexp_replace(
        definition, '\{who (\w+)\}', $who$left join lateral (
            select
                any_value(s.number) as number,
                ledger.shown_key(\1.subject_key, any_value(s.number)) as key,
                any_value(s.name) as name,
                any_value(s.id_no) as id_no,
                count(*) > 0 as is_known
            from (
                select p.person_no as number, p.person_name as name, p.id_no
                from mart_summary.person as p
                where
                    \1.subject_kind = 'person'
                    and p.person_key = \1.subject_key
                    and p.from_night <= {night}
                    and {night} < p.to_night
                union all
                select h.household_no, h.head_name, h.head_id_no
                from mart_summary.household as h
                where
                    \1.subject_kind = 'household'
                    and h.household_key = \1.subject_key
                    and h.from_night <= {night}
                    and {night} < h.to_night
            ) as s
        ) as who on true$who$, 'g'
    );
    in_halves text := case when with_subjects ~ '\{rights ' then format(
        '%s union all %s',
        regexp_replace(
            with_subjects, '\{rights (\w+)\.(\w+)\}',
            '({all_counties} or {counties}[\1.\2] is not null)'
            ' and \1.from_night <= case when {all_counties} then {night} end', 'g'
        ),
        regexp_replace(
            with_subjects, '\{rights (\w+\.\w+)\}', '{counties}[\1] is not null and \1 = any({county_codes})', 'g'
        )
    ) else with_subjects end;
    with_rights text := regexp_replace(
        replace(
            regexp_replace(
                in_halves, '\{(identifier_counties|county_codes)\}', '(select \1 from ledger.session_access)::text[]', 'g'
            ),
            '{counties}', '((select county_rights from ledger.session_access))'
        ),
        '\{(all_counties|all_identifiers)\}', '(select \1 from ledger.session_access)', 'g'
    );
    qualified text := format('%I.%I', schema_name, view_name);
    asof text := format('%I.%I(date)', schema_name, view_name || '_asof');
    -- A night that is computed and not published is nobody's yet.
    asof_definition text := case when with_asof then replace(
        with_rights, '{night}', '(select $1 where $1 <= (select as_of from ledger.published_night))'
    ) end;
    wanted text := md5(concat(with_rights, asof_definition));
begin
    -- A mart that no night has built yet: its view comes with the first one.
    if exists (select from unnest(needs) as need (name) where to_regclass(need.name) is null) then
        return 'waiting';
    end if;
    if to_regclass(qualified) is not null and exists (
        select from ledger.outward_view as made
        where (made.schema_name, made.view_name, made.digest) = ($1, $2, wanted)
    ) then
        return 'kept';
    end if;
    execute format('drop function if exists %s', asof);
    execute format('drop view if exists %s', qualified);
    execute format(
        'create view %s with (security_barrier = true) as %s',
        qualified, replace(with_rights, '{night}', '(select as_of from ledger.published_night)')
    );
    execute format('alter view %s owner to bidui_view_owner', qualified);
    if with_asof then
        execute format(
            'create function %I.%I(night date) returns setof %s language sql stable security definer'
            ' set search_path = pg_catalog, pg_temp as %L',
            schema_name, view_name || '_asof', qualified, asof_definition
        );
        execute format('revoke all on function %s from public', asof);
        execute format('alter function %s owner to bidui_view_owner', asof);
    end if;
    insert into ledger.outward_view as made (schema_name, view_name, digest)
    values ($1, $2, wanted)
    on conflict on constraint outward_view_pkey do update set digest = excluded.digest, made_at = now();
    return 'made';
end
$$;
comment on function ledger.make_outward is '建立或更新一个对外视图 · make or renew one outward view';

-- A surname without the rest; a number without the birth date and what follows it (the view shows the birth date).
create or replace function ledger.masked_name(name text) returns text
language sql immutable parallel safe
return left(name, 1) || '**';

create or replace function ledger.masked_id(id_no text) returns text
language sql immutable parallel safe
return left(id_no, 6) || '************';

-- Keys inside are without the zeros that a spreadsheet eats; people see the registry's own number in full.
create or replace function ledger.shown_key(key text, registry_number text) returns text
language sql immutable parallel safe
return case when ltrim(registry_number, '0') = key then registry_number else key end;

revoke all on function ledger.make_outward from public;

-- What the views' owner needs below the surface, and nobody else has.
do $$
declare
    private_schema name;
begin
    foreach private_schema in array array[
        'raw', 'staging', 'mart_identity', 'mart_comparison', 'mart_finding', 'mart_summary', 'reference', 'ledger'
    ]::name[] loop
        execute format('grant usage on schema %I to bidui_view_owner', private_schema);
        execute format('grant select on all tables in schema %I to bidui_view_owner', private_schema);
    end loop;
    grant create, usage on schema audit, published, analyst to bidui_view_owner;
end
$$;
