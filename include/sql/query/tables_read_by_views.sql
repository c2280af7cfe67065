-- The tables of marts and divisions that the views of some schemas read, through other views too, with their columns.
-- Read by bidui.bench.grown. Parameter: the schemas.
with recursive needed as (
    select v.oid
    from pg_class as v
    inner join pg_namespace as s on s.oid = v.relnamespace
    where v.relkind = 'v' and s.nspname = any(%s)
    union
    select d.refobjid
    from needed as n
    inner join pg_rewrite as r on r.ev_class = n.oid
    inner join pg_depend as d
        on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
)

select
    s.nspname,
    c.relname,
    array(
        select a.attname::text from pg_attribute as a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum
    )
from needed as n
inner join pg_class as c on c.oid = n.oid
inner join pg_namespace as s on s.oid = c.relnamespace
where c.relkind = 'r' and (s.nspname like 'mart\_%%' or (s.nspname, c.relname) = ('reference', 'division'))
order by 1, 2
