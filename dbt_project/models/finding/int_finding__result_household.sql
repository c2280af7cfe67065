{{ rule_pass('household', ref('fact_household')) }}
