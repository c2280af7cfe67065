-- What only the server's administrator can close, once in each database of the server. PostgreSQL gives these rights to
-- everybody who can connect, and none of them needs a right of ours: with a lock that the platform waits for, a reader
-- stops the nights; with a large object or a message of the write-ahead log, one who may write nothing fills the disk.
-- The embedded server and the compose file do it by themselves. On a server of your own, as its administrator:
--     psql -d DATABASE -f include/sql/administrator.sql
do $$
declare
    owner name := (select pg_get_userbyid(datdba) from pg_database where datname = current_database());
    signature text;
begin
    execute format('revoke connect, temporary on database %I from public', current_database());
    execute format('revoke create on schema public from public');
    for signature in
        select f.oid::regprocedure::text
        from pg_proc as f
        where
            f.pronamespace = 'pg_catalog'::regnamespace
            and (
                f.proname ~ '^pg_(try_)?advisory_'
                or f.proname in (
                    'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_open', 'lo_put', 'lowrite', 'lo_truncate', 'lo_truncate64',
                    'pg_logical_emit_message', 'pg_export_snapshot'
                )
            )
    loop
        execute format('revoke execute on function %s from public', signature);
        execute format('grant execute on function %s to %I', signature, owner);
    end loop;
end
$$;
