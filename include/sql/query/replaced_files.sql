-- Which files a newer one names again for the most part: place of the older, place of the newest such file.
-- Read by bidui.validation.correction, which puts in the statement of the rows (place, key), each key of a file once.
-- Parameter: share, the part of the older file's keys from which on it is the same list.
with named as (
    {rows}
),
size as (
    select place, count(*) as keys from named group by place
),
shared as (
    select older.place as older, newer.place as newer, count(*) as keys
    from named as older
    inner join named as newer on newer.key = older.key and newer.place > older.place
    group by older.place, newer.place
)
select s.older, max(s.newer)
from shared as s
inner join size as z on z.place = s.older
where s.keys >= %(share)s * z.keys
group by s.older
