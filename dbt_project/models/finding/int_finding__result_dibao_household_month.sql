{{ rule_pass('dibao_household_month', ref('fact_dibao_month')) }}
