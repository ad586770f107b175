-- Creates the table of checkpoints.
-- Statement:
:r ../../../deploy/sql/checkpoints.sql
