-- The least rights of DStream's login; its name becomes the database's.
-- Statement:
:r ../../../deploy/sql/grants.sql
