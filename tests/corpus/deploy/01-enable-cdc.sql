-- Enables change data capture, as an administrator does.
-- Statement:
:r ../../../deploy/sql/enable-cdc.sql
