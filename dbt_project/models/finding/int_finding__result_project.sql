{{ rule_pass('project', ref('fact_project')) }}
