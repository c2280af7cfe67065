-- The columns that a worklist reads, as the finding and summary layers make them. Read by bidui.bench.worklist.
create table mart_finding.finding (
    finding_id text, rule_id text, rule_version text, severity text, subject_kind text, subject_key text, object_key text,
    household_key text, household_no text, county_code text, town_code text, village_code text, evidence jsonb,
    value_hash text, state text, is_baseline boolean, cause_finding_id text, first_seen date, opened_on date,
    from_night date, to_night date
);
create table mart_summary.person (person_key text, person_name text, id_no text, from_night date, to_night date);
create table mart_summary.household (
    household_key text, household_no text, head_name text, head_id_no text, from_night date, to_night date
);
