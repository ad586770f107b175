/*
  Switches change data capture on, for DStream to read. A template: replace TestDB, dbo and Persons.
  Run as sysadmin (sp_cdc_enable_db) and db_owner (sp_cdc_enable_table). On SQL Server the agent must run: it reads the log into the change
  tables and cleans them up. Azure SQL Database does both by itself.
*/
USE [TestDB];
GO

-- Once for the database.
IF NOT EXISTS (SELECT 1 FROM sys.databases WHERE database_id = DB_ID() AND is_cdc_enabled = 1)
    EXEC sys.sp_cdc_enable_db;
GO

-- Once for each table. @role_name = NULL: no gating role, permissions alone decide who reads (grants.sql).
-- A table without primary key can be captured too; its rows then have no key by which DStream could order or name them.
IF NOT EXISTS (SELECT 1 FROM cdc.change_tables WHERE source_object_id = OBJECT_ID(N'[dbo].[Persons]'))
    EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Persons', @role_name = NULL;
GO

-- Changes that are not read within the retention are lost: cleanup deletes them. The default is 4320 minutes, three days. Make it longer than
-- any stop of DStream that you want to survive. Restart the job for it to notice.
EXEC sys.sp_cdc_change_job @job_type = N'cleanup', @retention = 10080;
GO

-- A text, ntext, image or (max) value above this size makes the statement that writes it fail, once its table is captured. -1 is no limit.
-- EXEC sp_configure 'max text repl size', -1; RECONFIGURE;
