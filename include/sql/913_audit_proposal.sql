-- What the registry should rather say. Unverified: a proposal is a lead for the office, and nothing writes it anywhere.

select ledger.make_outward(
    'audit',
    'cleansing_proposal',
    array['mart_summary.cleansing_proposal', 'mart_summary.person', 'mart_summary.household'],
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
            when {all_identifiers} or c.county_code = any({identifier_counties}) or not c.is_personal then c.registry_value
            when c.field = 'id_no' then ledger.masked_id(c.registry_value)
            else ledger.masked_name(c.registry_value)
        end as registry_value,
        case
            when {all_identifiers} or c.county_code = any({identifier_counties}) or not c.is_personal then c.proposed_value
            when c.field = 'id_no' then ledger.masked_id(c.proposed_value)
            else ledger.masked_name(c.proposed_value)
        end as proposed_value,
        c.basis::jsonb,
        c.confidence::text,
        c.registry_batch_id::bigint,
        c.registry_row_no::bigint
    from mart_summary.cleansing_proposal as c
    {who c}
    where
        c.from_night <= {night}
        and {night} < c.to_night
        and {rights c.county_code}
    $view$
);
