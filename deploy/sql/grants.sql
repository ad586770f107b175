/*
  The least that DStream's login needs. A template: replace TestDB, the password, dbo.Persons and its capture instance dbo_Persons.
  Run as db_owner (and as securityadmin for the login).
*/
USE [master];
GO
CREATE LOGIN [dstream] WITH PASSWORD = N'<a long random password>';
GO

USE [TestDB];
GO
CREATE USER [dstream] FOR LOGIN [dstream];
GO

-- To resolve capture instances, their columns, keys and low ends, and the commit time of each transaction.
GRANT SELECT ON OBJECT::[cdc].[change_tables] TO [dstream];
GRANT SELECT ON OBJECT::[cdc].[captured_columns] TO [dstream];
GRANT SELECT ON OBJECT::[cdc].[index_columns] TO [dstream];
GRANT SELECT ON OBJECT::[cdc].[lsn_time_mapping] TO [dstream];
GO

-- For each table: SELECT on the table, or on its captured columns at least. It makes the table visible, and the function checks it.
-- DStream itself never reads the table.
GRANT SELECT ON OBJECT::[dbo].[Persons] TO [dstream];

-- The function: its range check guards against gaps, and it is all that read_mode = "function" reads.
GRANT SELECT ON OBJECT::[cdc].[fn_cdc_get_all_changes_dbo_Persons] TO [dstream];

-- The change table: rows in command order, which alone keeps changes of keys right, and one query for all tables to see which of them changed.
-- Without it, read_mode = "auto" reads through the function and says so in the log.
GRANT SELECT ON OBJECT::[cdc].[dbo_Persons_CT] TO [dstream];
GO

-- Only where the table was captured with a gating role (@role_name): the function answers its members only.
-- ALTER ROLE [cdc_readers] ADD MEMBER [dstream];

-- Shorter, for all tables of today and tomorrow: the whole schema in place of the single grants on cdc objects above.
-- GRANT SELECT ON SCHEMA::[cdc] TO [dstream];

-- Checkpoints, once checkpoints.sql has created their table.
GRANT SELECT, INSERT, UPDATE ON OBJECT::[dstream].[checkpoints] TO [dstream];
GO

-- Or, to let DStream create that table by itself (it then owns the schema):
-- GRANT CREATE TABLE TO [dstream]; GRANT CREATE SCHEMA TO [dstream];
