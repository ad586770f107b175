-- Opens a table: whether the database captures, and the table as it is spelled.
-- Volatile: object_id
DECLARE @schema nvarchar(128) = N'dbo';
DECLARE @table nvarchar(128) = N'Persons';
-- Statement:
SELECT d.is_cdc_enabled FROM sys.databases AS d WHERE d.database_id = DB_ID();
SELECT t.object_id, s.name, t.name FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id
WHERE s.name = @schema AND t.name = @table;
