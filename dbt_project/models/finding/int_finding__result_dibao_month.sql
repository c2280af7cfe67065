{{ rule_pass('dibao_month', ref('fact_dibao_month')) }}
