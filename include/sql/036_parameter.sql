-- Parameters as each night had them: what was in force is kept by digest, and a session that names a frozen night
-- (`bidui.as_of`) reads exactly that night's values, however often parameters are loaded later.

create table if not exists ledger.parameter_set (
    digest text not null,
    rule_id text not null,
    parameter text not null,
    key text not null,
    division_code text not null,
    valid_from date not null,
    valid_to date not null,
    value text,
    origin text not null,
    primary key (digest, rule_id, parameter, key, division_code, valid_from)
);
comment on table ledger.parameter_set is
'各夜所用参数的全集，按摘要保存 · the parameters that nights used, kept by digest';

-- Keeps the parameters in force now; returns their digest.
create or replace function ledger.keep_parameters() returns text
language plpgsql
as $$
declare
    wanted text;
begin
    select encode(
        sha256(
            convert_to(
                coalesce(string_agg(p::text, e'\n' order by p::text collate "C"), ''), 'UTF8'
            )
        ), 'hex'
    )
    into wanted
    from reference.parameter_now as p;
    insert into ledger.parameter_set (
        digest, rule_id, parameter, key, division_code, valid_from, valid_to, value, origin
    )
    select wanted, rule_id, parameter, key, division_code, valid_from, valid_to, value, origin
    from reference.parameter_now
    on conflict do nothing;
    return wanted;
end
$$;
revoke all on function ledger.keep_parameters from public;

-- Digest of the parameters of the night that the session names; NULL: no such night is frozen.
create or replace function ledger.parameters_of_session() returns text
language sql stable parallel safe
return (
    select run.inputs ->> 'parameters'
    from ledger.run as run
    where
        run.as_of = nullif(current_setting('bidui.as_of', true), '')::date
        and run.status <> 'failed'
    order by run.run_id desc
    limit 1
);
