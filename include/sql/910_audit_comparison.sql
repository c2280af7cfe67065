-- One view per comparison table, so a department that is added later has its own; the person's or head's name and
-- number come from the registry of the same night.

do $do$
declare
    comparison text;
begin
    for comparison in
        select relname
        from pg_class
        where
            relnamespace = 'mart_comparison'::regnamespace
            and relkind = 'r'
            and relname ~ '^comparison_[a-z_]+$'
            and relname !~ '__new$'
    loop
        perform ledger.make_outward(
            'audit',
            comparison,
            array['mart_comparison.' || comparison, 'mart_summary.person', 'mart_summary.household'],
            format(
                $view$
                select
                    {night} as as_of,
                    c.subject_kind::text,
                    who.key::text as subject_key,
                    case
                        when {all_identifiers} or c.county_code = any({identifier_counties}) then who.name
                        else ledger.masked_name(who.name)
                    end as person_name,
                    case
                        when {all_identifiers} or c.county_code = any({identifier_counties}) then who.id_no
                        else ledger.masked_id(who.id_no)
                    end as id_no,
                    c.household_no::text,
                    c.county_code::text,
                    c.town_code::text,
                    c.village_code::text,
                    c.field::text,
                    case
                        when c.field <> 'person_name' or {all_identifiers} or c.county_code = any({identifier_counties})
                            then c.registry_value
                        else ledger.masked_name(c.registry_value)
                    end as registry_value,
                    case
                        when c.field <> 'person_name' or {all_identifiers} or c.county_code = any({identifier_counties})
                            then c.department_value
                        else ledger.masked_name(c.department_value)
                    end as department_value,
                    c.verdict::text,
                    c.reason::text,
                    c.grade::text,
                    c.extract::text,
                    c.registry_batch_id::bigint,
                    c.registry_row_no::bigint,
                    c.department_batch_id::bigint,
                    c.department_row_no::bigint,
                    c.link_tier::text
                from mart_comparison.%I as c
                {who c}
                where
                    c.from_night <= {night}
                    and {night} < c.to_night
                    and {rights c.county_code}
                $view$,
                comparison
            )
        );
    end loop;
end
$do$;
