-- What a database answers that does not capture: no max LSN to ask for, no table to enable.
-- Statement:
SELECT sys.fn_cdc_get_max_lsn();
GO
CREATE TABLE dbo.Plain (id int NOT NULL PRIMARY KEY, v nvarchar(50) NULL);
GO
EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Plain', @role_name = NULL;
GO
SELECT d.is_cdc_enabled FROM sys.databases AS d WHERE d.database_id = DB_ID();
