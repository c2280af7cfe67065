{{ rule_pass('settlement', ref('fact_settlement')) }}
