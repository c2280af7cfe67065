-- The registry fields that proposals of a town and a kind of subject are about.
-- Read by bidui.proposal.workbook. Parameters: night, kind (person or household), town.
select distinct p.field
from mart_summary.cleansing_proposal as p
where p.from_night <= %(night)s and %(night)s < p.to_night and p.subject_kind = %(kind)s and p.town_code is not distinct from %(town)s
