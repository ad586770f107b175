-- Tables as the tests and the sandbox capture them: whole, by a list of columns, without a key, with LOBs, with a second unique index, twice.
-- Statement:
CREATE TABLE dbo.Large (id int NOT NULL PRIMARY KEY, t nvarchar(max) NULL, b varbinary(max) NULL, n int NULL);
CREATE TABLE dbo.NoKey (a int NULL, b nvarchar(10) NULL);
CREATE TABLE dbo.Codes (id int NOT NULL PRIMARY KEY, code int NOT NULL UNIQUE, v nvarchar(10) NULL);
GO
EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Plain', @role_name = NULL;
EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Large', @role_name = NULL, @supports_net_changes = 0;
EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'NoKey', @role_name = NULL;
EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Codes', @role_name = N'readers', @supports_net_changes = 1;
EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Codes', @capture_instance = N'second', @role_name = NULL, @captured_column_list = N'id, v';
