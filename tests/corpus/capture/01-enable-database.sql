-- Enables change data capture in the database; again changes nothing.
-- Statement:
EXEC sys.sp_cdc_enable_db;
GO
SELECT d.is_cdc_enabled FROM sys.databases AS d WHERE d.database_id = DB_ID();
GO
EXEC sys.sp_cdc_enable_db;
