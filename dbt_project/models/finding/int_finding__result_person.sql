{{ rule_pass('person', ref('fact_person')) }}
