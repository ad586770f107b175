-- Creates the schema of the table of checkpoints.
-- Statement:
CREATE SCHEMA [dstream];
