-- The towns with cleansing proposals on a night: code, name, how many.
-- Read by bidui.proposal.workbook. Parameters: night; county, town (12-digit codes; null is all of them).
select p.town_code, coalesce(min(d.name), '未定位'), count(*)
from mart_summary.cleansing_proposal as p
left join reference.division as d on p.town_code = d.division_code and d.valid_from <= %(night)s and %(night)s < d.valid_to
where p.from_night <= %(night)s and %(night)s < p.to_night
    and (%(county)s::text is null or p.county_code = %(county)s) and (%(town)s::text is null or p.town_code = %(town)s)
group by p.town_code
order by p.town_code
