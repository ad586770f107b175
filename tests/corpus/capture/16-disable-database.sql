-- Switches change data capture off; its schema goes with it.
-- Statement:
EXEC sys.sp_cdc_disable_db;
GO
SELECT d.is_cdc_enabled FROM sys.databases AS d WHERE d.database_id = DB_ID();
GO
SELECT COUNT(*) FROM cdc.change_tables;
