-- Reference data that a county brings itself; shipped defaults come as dbt seeds (seed_* tables) beside them.

create table if not exists reference.division (
    division_code text not null check (division_code ~ '^[0-9]{12}$'),
    division_level text not null check (division_level in ('province', 'prefecture', 'county', 'town', 'village')),
    name text not null,
    parent_code text,
    valid_from date not null default '-infinity',
    valid_to date not null default 'infinity',
    primary key (division_code, valid_from),
    check (valid_from < valid_to)
);

create table if not exists reference.division_alias (
    alias text not null,
    division_code text not null,
    valid_from date not null default '-infinity',
    valid_to date not null default 'infinity',
    note text,
    primary key (alias, division_code, valid_from)
);

-- A county's own values; reference.parameter (view) lays them over the shipped defaults.
create table if not exists reference.county_parameter (
    rule_id text not null,
    parameter text not null,
    key text not null default '',
    value text not null,
    division_code text not null default '',
    valid_from date not null default '-infinity',
    valid_to date not null default 'infinity',
    primary key (rule_id, parameter, key, division_code, valid_from)
);

-- Filled by 051_simplify.sql from OpenCC's character map.
create table if not exists reference.character_variant (
    variant text primary key,
    simplified text not null
);

-- Shipped defaults: filled by the dbt seed of the same name (created here, so that the view below can exist first).
create table if not exists reference.parameter_default (
    rule_id text,
    parameter text,
    key text,
    division_code text,
    valid_from date,
    valid_to date,
    value text,
    unit text,
    source text
);

-- What is loaded now. A county's row replaces the shipped rows of the same rule, parameter and key.
create or replace view reference.parameter_now as
select
    rule_id,
    parameter,
    key,
    division_code,
    valid_from,
    valid_to,
    value,
    'county' as origin
from reference.county_parameter
union all
select
    d.rule_id,
    d.parameter,
    coalesce(d.key, '') as key,
    coalesce(d.division_code, '') as division_code,
    coalesce(d.valid_from, '-infinity'::date) as valid_from,
    coalesce(d.valid_to + 1, 'infinity'::date) as valid_to,
    d.value,
    'default' as origin
from reference.parameter_default as d
where not exists (
    select from reference.county_parameter as c
    where c.rule_id = d.rule_id and c.parameter = d.parameter and c.key = coalesce(d.key, '')
        and c.division_code = ''
);

-- What rules and models read: of a session that names a frozen night, what that night froze (036_parameter.sql).
create or replace view reference.parameter as
with frozen as materialized (select ledger.parameters_of_session() as digest)

select p.*
from reference.parameter_now as p
cross join frozen
where frozen.digest is null
union all
select
    s.rule_id,
    s.parameter,
    s.key,
    s.division_code,
    s.valid_from,
    s.valid_to,
    s.value,
    s.origin
from ledger.parameter_set as s
inner join frozen on frozen.digest = s.digest;

-- Those of them that are valid on the session's night; of a session without one, those that are valid always.
create or replace view reference.parameter_tonight as
select p.*
from reference.parameter as p
cross join (select coalesce(ledger.session_night(), date '1900-01-01') as night) as session
where p.valid_from <= session.night and session.night < p.valid_to;

comment on view reference.parameter_now is
'现在载入的规则参数 · rule parameters as loaded now';
comment on view reference.parameter is
'规则参数（县自定优先于默认值），有效期为 [valid_from, valid_to) · '
'rule parameters, a county''s own over shipped defaults, valid [valid_from, valid_to)';
