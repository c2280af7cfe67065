-- What the tables of a night were made from, so that a night makes only those anew whose inputs have changed.
--
-- A statement's inputs are its own text, the checkout that compiled it, and everything that it reads: PostgreSQL itself
-- says what that is, so nothing can be forgotten. What it reads is known
--   a table that a night built   by what it held when it was built (its version, noted with it),
--   staged batches               by their partitions: a batch never changes, staging it again makes another partition,
--   any other table, any view    by what the columns read hold now,
-- and whatever is none of these makes the inputs unknown (NULL): the table is built.

create table if not exists ledger.kept_table (
    schema_name text not null,
    table_name text not null,
    -- The table itself: another one of that name is not the one that was built.
    relation oid not null,
    as_of date not null,
    inputs text,
    version text,
    primary key (schema_name, table_name)
);
comment on table ledger.kept_table is
'各夜结果表由何而来：输入的摘要（空为不沿用）与结果的版本 · '
'what each table was made from: digest of its inputs (NULL: never kept), and version of its rows';
create index if not exists kept_table_relation_idx on ledger.kept_table (relation);

-- The night that the session names; NULL where it names none.
create or replace function ledger.session_night() returns date
language sql stable parallel safe
return nullif(current_setting('bidui.as_of', true), '')::date;

-- What the session's night froze, without its date: on two nights with the same lists these views read the same.
create or replace view ledger.batch_tonight as
select department, extract, batch_id, data_date, list_month, is_current, is_stale
from ledger.night_batch
where as_of = ledger.session_night();

create or replace view ledger.quarantined_tonight as
select q.batch_id, q.row_no
from ledger.quarantined_row as q
inner join ledger.batch_tonight as b on b.batch_id = q.batch_id
where q.severity = 'critical';

-- Version of what some columns of a table or view hold now; NULL where a type cannot be hashed.
create or replace function ledger.version_of_rows(relation regclass, columns name[]) returns text
language plpgsql stable
as $$
declare
    found text;
begin
    execute format(
        'select concat_ws('':'', count(*), sum(hash_record_extended(row(%s), 0)::numeric)) from %s as r',
        (select string_agg(format('r.%I', c.name), ', ') from unnest(columns) as c (name)), relation
    )
    into found;
    return found;
exception
    when undefined_function then
        return null;
end
$$;

create or replace function ledger.version_of_batches(extract_name text) returns text
language sql stable
as $$
    select concat_ws(
        ';',
        (
            select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ',' order by a.attnum)
            from pg_attribute as a
            where a.attrelid = to_regclass(format('staging.%I', extract_name)) and a.attnum > 0 and not a.attisdropped
        ),
        (
            select string_agg(to_regclass(format('staging.%I', extract_name || '__b' || b.batch_id))::oid::text, ',' order by b.batch_id)
            from ledger.batch_tonight as b
            where b.extract = extract_name
        )
    )
$$;

-- Versions of everything that a view reads; NULL where one of them cannot be told.
create or replace function ledger.versions_of_reads(reader regclass) returns text
language plpgsql stable
as $$
declare
    one record;
    version text;
    versions text := '';
    -- a row taken whole reads columns that its dependencies do not name
    takes_whole_rows boolean := pg_get_viewdef(reader) ~ '\.\*';
begin
    for one in
        select
            n.nspname as schema_name,
            c.relname as name,
            c.oid as relation,
            k.version,
            coalesce(
                array_agg(distinct a.attname) filter (where a.attnum = d.refobjsubid and not takes_whole_rows),
                array_agg(distinct a.attname)
            ) as columns
        from pg_rewrite as r
        inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        inner join pg_class as c on d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
        inner join pg_namespace as n on c.relnamespace = n.oid
        inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join ledger.kept_table as k
            on k.relation = c.oid and k.schema_name = n.nspname and k.table_name = c.relname
        where r.ev_class = reader and c.oid <> reader
        group by 1, 2, 3, 4
        order by 1, 2
    loop
        version := case
            when one.version is not null then one.version
            when one.schema_name = 'staging' then ledger.version_of_batches(one.name)
            when one.schema_name in ('ledger', 'reference') or one.schema_name ~ '(^|_)mart_'
                then ledger.version_of_rows(one.relation, one.columns)
        end;
        if version is null then
            return null;
        end if;
        versions := versions || format(e'%s.%s=%s\n', one.schema_name, one.name, version);
    end loop;
    -- The house's own functions come with the checkout. One that reads tables hides what it reads, unless it is given them.
    if exists (
        select
        from pg_rewrite as r
        inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        inner join pg_proc as p on d.refclassid = 'pg_proc'::regclass and d.refobjid = p.oid
        where r.ev_class = reader and p.provolatile <> 'i' and 'regclass'::regtype <> all(p.proargtypes)
    ) then
        return null;
    end if;
    return versions;
end
$$;

-- Digest of a statement's inputs; NULL: they cannot be told, or the statement names the night.
create or replace function ledger.inputs_of(statement text) returns text
language plpgsql
as $$
declare
    checkout text := nullif(current_setting('bidui.checkout', true), '');
    night text := nullif(current_setting('bidui.as_of', true), '');
    versions text;
begin
    if checkout is null or night is null or strpos(statement, night) > 0 then
        return null;
    end if;
    execute 'create temp view statement_to_keep as ' || statement;
    versions := ledger.versions_of_reads('statement_to_keep'::regclass);
    drop view statement_to_keep;
    return encode(
        sha256(convert_to(
            concat_ws(e'\n', checkout, current_setting('server_version'), statement, '') || versions, 'UTF8'
        )), 'hex'
    );
end
$$;
revoke all on function ledger.inputs_of from public;

-- Note what a table was just made from. `is_of_nights`: its rows are valid over nights, those before never change.
create or replace function ledger.note_table(relation regclass, inputs text, is_of_nights boolean) returns void
language plpgsql
as $$
declare
    version text;
begin
    if is_of_nights then
        execute format(
            'select concat_ws('':'', count(*), sum(row_hash::numeric),'
            ' (select max(from_night) from %1$s), (select max(to_night) from %1$s where to_night <> ''infinity''))'
            ' from %1$s where to_night = ''infinity''', relation
        )
        into version;
    else
        version := ledger.version_of_rows(relation, (
            select array_agg(a.attname order by a.attnum)
            from pg_attribute as a
            where a.attrelid = note_table.relation and a.attnum > 0 and not a.attisdropped
        ));
    end if;
    insert into ledger.kept_table (schema_name, table_name, relation, as_of, inputs, version)
    select n.nspname, c.relname, c.oid, coalesce(ledger.session_night(), date '1900-01-01'), note_table.inputs, version
    from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    where c.oid = note_table.relation
    on conflict (schema_name, table_name) do update
    set relation = excluded.relation, as_of = excluded.as_of, inputs = excluded.inputs, version = excluded.version;
end
$$;
revoke all on function ledger.note_table from public;
