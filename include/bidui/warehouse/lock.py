"""PostgreSQL's advisory locks that the house takes: numbers that exclude each other must be told apart in one place."""

# One migration at a time, whoever starts it (several services boot together).
MIGRATION = 7_211_945
# Logins belong to the whole server: one preparation at a time. 020_roles.sql takes it too.
ROLES = 7_211_946
# Held while nights are rebuilt: they are put in over whatever stands, so no night may be built or published meanwhile.
# A lock of the session is gone with it, also when the rebuild is killed.
REBUILD = 7_211_949
# Held while a published night is proved: one proof at a time, and reference data stays what it is.
REPLAY = 7_211_951
# Held while reference data is loaded (two loads would mix), and shared by nights while they freeze what they read.
REFERENCE = 7_211_950
