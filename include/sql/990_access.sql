-- Rights and comments of what the files before have made: brought to ledger.access_rule and ledger.outward_comment.
-- Only differences are written, so a night on which nothing changed locks nothing.

create or replace function ledger.apply_access() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    statement text;
begin
    for statement in
        with outward_schema as (
            select oid, nspname from pg_namespace where nspname in ('ledger', 'audit', 'published', 'analyst')
        ),

        group_role as (
            select rolname from pg_roles where rolname in ('bidui_engineer', 'bidui_auditor', 'bidui_analyst', 'bidui_bi')
        ),

        schema_right as (
            select
                s.nspname,
                r.rolname,
                has_schema_privilege(r.rolname, s.oid, 'usage') as has,
                exists (
                    select from ledger.access_rule as a where a.role_name = r.rolname and a.schema_name = s.nspname
                ) as wanted
            from outward_schema as s
            cross join group_role as r
        ),

        table_right as (
            select
                format('%I.%I', s.nspname, c.relname) as qualified,
                r.rolname,
                has_table_privilege(r.rolname, c.oid, 'select') as has_table,
                array(
                    select a.attname::text
                    from pg_attribute as a
                    where
                        a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                        and has_column_privilege(r.rolname, c.oid, a.attnum, 'select')
                    order by 1
                ) as has_columns,
                rule.role_name is not null as wanted,
                array(select unnest(rule.column_names) order by 1) as wanted_columns
            from outward_schema as s
            inner join pg_class as c on c.relnamespace = s.oid and c.relkind in ('r', 'p', 'v')
            cross join group_role as r
            left join ledger.access_rule as rule
                on
                    rule.role_name = r.rolname
                    and rule.schema_name = s.nspname
                    and (rule.object_name = c.relname or (rule.object_name = '*' and c.relkind = 'v'))
        ),

        function_right as (
            select
                f.oid::regprocedure::text as signature,
                r.rolname,
                has_function_privilege(r.rolname, f.oid, 'execute') as has,
                exists (
                    select
                    from ledger.access_rule as a
                    where a.role_name = r.rolname and a.schema_name = s.nspname and a.object_name = '*'
                ) as wanted
            from outward_schema as s
            inner join pg_proc as f on f.pronamespace = s.oid and s.nspname <> 'ledger'
            cross join group_role as r
        )

        select format('grant usage on schema %I to %I', nspname, rolname) from schema_right where wanted and not has
        union all
        select format('revoke all on schema %I from %I', nspname, rolname) from schema_right where has and not wanted
        union all
        select format('revoke all on %s from %I', qualified, rolname)
        from table_right
        where has_columns <> '{}' and (not wanted or (wanted_columns <> '{}' and wanted_columns <> has_columns))
        union all
        select format('grant select on %s to %I', qualified, rolname)
        from table_right
        where wanted and wanted_columns = '{}' and not has_table
        union all
        select format(
            'grant select (%s) on %s to %I',
            (select string_agg(quote_ident(name), ', ') from unnest(wanted_columns) as name), qualified, rolname
        )
        from table_right
        where wanted and wanted_columns <> '{}' and wanted_columns <> has_columns
        union all
        select format('grant execute on function %s to %I', signature, rolname) from function_right where wanted and not has
        union all
        select format('revoke all on function %s from %I', signature, rolname) from function_right where has and not wanted
    loop
        execute statement;
    end loop;
end
$$;

create or replace function ledger.apply_comments() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    statement text;
begin
    for statement in
        select case
            when o.column_name = '' then format('comment on view %I.%I is %L', o.schema_name, o.view_name, o.comment)
            else format('comment on column %I.%I.%I is %L', o.schema_name, o.view_name, o.column_name, o.comment)
        end
        from ledger.outward_comment as o
        inner join pg_namespace as s on s.nspname = o.schema_name
        inner join pg_class as c on c.relnamespace = s.oid and c.relname = o.view_name and c.relkind = 'v'
        left join pg_attribute as a
            on a.attrelid = c.oid and a.attname = o.column_name and a.attnum > 0 and not a.attisdropped
        where
            (o.column_name = '' or a.attnum is not null)
            and o.comment is distinct from
            case when o.column_name = '' then obj_description(c.oid, 'pg_class') else col_description(c.oid, a.attnum) end
    loop
        execute statement;
    end loop;
end
$$;

revoke all on function ledger.apply_access, ledger.apply_comments from public;

select ledger.apply_access();
select ledger.apply_comments();
