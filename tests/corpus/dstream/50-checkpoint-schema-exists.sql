-- Creates the table of checkpoints: whether its schema is there.
-- Statement:
SELECT SCHEMA_ID(N'dstream');
