-- The same again changes nothing.
-- Statement:
:r ../../../deploy/sql/checkpoints.sql
