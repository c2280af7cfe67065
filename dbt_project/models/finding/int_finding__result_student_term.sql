{{ rule_pass('student_term', ref('fact_student_term')) }}
