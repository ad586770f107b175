-- The same again changes nothing.
-- Statement:
:r ../../../deploy/sql/enable-cdc.sql
