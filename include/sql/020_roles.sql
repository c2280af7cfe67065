-- Roles and rights. Group roles carry rights, logins only belong to a group; roles are of the whole server, rights of
-- this database. `include/sql/access.yml` is the matrix; `bidui.warehouse.roles` loads it into ledger.access_rule.

do $$
declare
    wanted text;
begin
    -- Two databases of one server may be prepared at the same time.
    perform pg_advisory_xact_lock(7211946);
    foreach wanted in array array['view_owner', 'engineer', 'auditor', 'analyst', 'bi'] loop
        if not exists (select from pg_roles where rolname = 'bidui_' || wanted) then
            begin
                execute format('create role %I nologin', 'bidui_' || wanted);
            exception when insufficient_privilege then
                raise exception '角色 bidui_% 不存在且 % 无权创建 · role bidui_% is missing and % may not create it',
                    wanted, current_user, wanted, current_user
                using hint = format(
                    'Ask the server''s administrator for: alter role %I createrole; or: create role bidui_%s nologin;'
                    ' grant bidui_%s to %I with admin option;', current_user, wanted, wanted, current_user
                );
            end;
        elsif not pg_has_role(current_user, 'bidui_' || wanted, 'member with admin option') then
            raise exception '角色 bidui_% 属于本服务器上的另一个平台，% 无权授予 · role bidui_% is another platform''s on this server; % may not grant it',
                wanted, current_user, wanted, current_user
            using hint = format(
                'Ask the server''s administrator for: grant bidui_%s to %I with admin option; or use a server of its own.',
                wanted, current_user
            );
        end if;
    end loop;
    -- Views are made by the owner of the warehouse and given to a role that cannot log in.
    if not pg_has_role(current_user, 'bidui_view_owner', 'set') or not pg_has_role(current_user, 'bidui_view_owner', 'usage')
    then
        execute format('grant bidui_view_owner to %I with inherit true, set true', current_user);
    end if;
end
$$;

-- Only roles of the matrix connect; nobody makes temporary tables.
do $$
begin
    execute format('revoke connect, temporary on database %I from public', current_database());
    execute format(
        'grant connect on database %I to bidui_engineer, bidui_auditor, bidui_analyst, bidui_bi', current_database()
    );
end
$$;

comment on role bidui_view_owner is '对外视图的所有者，不能登录 · owner of the outward views, cannot log in';
comment on role bidui_engineer is '运维：台账与汇总 · ledger and aggregates';
comment on role bidui_auditor is '审计：按县授权的明细 · identified rows of the counties granted';
comment on role bidui_analyst is '分析：假名明细与汇总 · pseudonymous rows and aggregates';
comment on role bidui_bi is '报表工具：汇总 · aggregates only';

-- Who may see which counties, and whose names and numbers. '*' is every county, also rows whose place is unknown.
create table if not exists ledger.access_grant (
    login name not null,
    county_code text not null check (county_code = '*' or county_code ~ '^[0-9]{12}$'),
    may_see_identifiers boolean not null default false,
    granted_by text not null,
    granted_at timestamptz not null default now(),
    reason text,
    -- A right that was taken back stays on record, and is not given again in passing.
    revoked_by text,
    revoked_at timestamptz,
    primary key (login, county_code),
    check ((revoked_at is null) = (revoked_by is null))
);
alter table ledger.access_grant add column if not exists valid_until date;
comment on table ledger.access_grant is
'按县授权：登录名、县代码、可否见姓名证件号 · rights by county: login, county, whether identifiers are shown';

-- Today in the county. `current_date` is today in the time zone that a session chooses for itself: with one far enough
-- west, a right would hold days beyond its last.
create or replace function ledger.county_today() returns date
language sql stable
return (now() at time zone 'Asia/Shanghai')::date;

-- The rights of whoever is connected, in one row. session_user is the login, whatever role a function runs as.
create or replace view ledger.session_access as
select
    coalesce(bool_or(county_code = '*'), false) as all_counties,
    coalesce(array_agg(county_code), '{}') as counties,
    coalesce(bool_or(county_code = '*' and may_see_identifiers), false) as all_identifiers,
    coalesce(array_agg(county_code) filter (where may_see_identifiers), '{}') as identifier_counties,
    -- The counties once more, by all twelve digits and by the six that codes of their divisions begin with, to look one up
    -- without calling a function (see make_outward).
    coalesce(
        jsonb_object_agg(county_code, true) || jsonb_object_agg(left(county_code, 6), true), '{}'
    ) as county_rights,
    -- And as an array, which an index answers; empty for all counties.
    case
        when bool_and(county_code <> '*') then array_agg(county_code) || array_agg(left(county_code, 6))
        else '{}'
    end as county_codes
from ledger.access_grant
where login = session_user and revoked_at is null and (valid_until is null or valid_until >= ledger.county_today());
comment on view ledger.session_access is '当前登录的授权 · rights of the connected login';

-- Every right that was given or taken back, by whom and why; rows are only added.
create table if not exists ledger.access_event (
    event_id bigint generated always as identity primary key,
    login name not null,
    role_name text not null,
    action text not null check (action in ('granted', 'revoked')),
    county_code text,
    may_see_identifiers boolean not null default false,
    valid_until date,
    decided_by text not null,
    reason text not null,
    decided_at timestamptz not null default now()
);
comment on table ledger.access_event is
'授权变更记录：只增不改 · rights given and taken back, on record: rows are only added';

-- The matrix roles × objects × privileges, from include/sql/access.yml.
create table if not exists ledger.access_rule (
    role_name name not null,
    schema_name name not null,
    object_name text not null,
    column_names text[],
    primary key (role_name, schema_name, object_name)
);
comment on table ledger.access_rule is
'角色可读的对象：* 为该模式全部对外视图，列名为空即全部列 · what a role reads: * is every outward view, no columns is all';

-- What outward views and columns are called and mean, from include/sql/outward.yml; empty column: the view itself.
create table if not exists ledger.outward_comment (
    schema_name name not null,
    view_name name not null,
    column_name name not null,
    comment text not null,
    primary key (schema_name, view_name, column_name)
);
comment on table ledger.outward_comment is '对外视图及列的中英文说明 · comments of outward views and columns';

create table if not exists ledger.outward_view (
    schema_name name not null,
    view_name name not null,
    digest text not null,
    made_at timestamptz not null default now(),
    primary key (schema_name, view_name)
);
comment on table ledger.outward_view is '已建立的对外视图 · outward views as they were last made';
