-- Opens a table: captured columns, key columns as captured, the primary key, the low end.
DECLARE @changes int = OBJECT_ID(N'cdc.dbo_Persons_CT');
DECLARE @table int = OBJECT_ID(N'dbo.Persons');
DECLARE @instance nvarchar(128) = N'dbo_Persons';
-- Statement:
SELECT c.column_name, c.column_ordinal, c.is_computed FROM cdc.captured_columns AS c
WHERE c.object_id = @changes ORDER BY c.column_ordinal;
SELECT k.column_name FROM cdc.index_columns AS k WHERE k.object_id = @changes ORDER BY k.index_ordinal;
SELECT c.name FROM sys.indexes AS i
JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
WHERE i.object_id = @table AND i.is_primary_key = 1 AND k.key_ordinal > 0 ORDER BY k.key_ordinal;
SELECT sys.fn_cdc_get_min_lsn(@instance);
