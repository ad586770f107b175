-- The metadata of capture instances.
-- Volatile: create_date
-- Statement:
SELECT c.capture_instance, c.supports_net_changes, c.role_name, c.create_date FROM cdc.change_tables AS c ORDER BY c.capture_instance;
GO
SELECT t.capture_instance, c.column_name, c.column_type, c.column_ordinal, c.is_computed
FROM cdc.captured_columns AS c JOIN cdc.change_tables AS t ON t.object_id = c.object_id ORDER BY t.capture_instance, c.column_ordinal;
GO
SELECT t.capture_instance, k.column_name, k.index_ordinal
FROM cdc.index_columns AS k JOIN cdc.change_tables AS t ON t.object_id = k.object_id ORDER BY t.capture_instance, k.index_ordinal;
GO
SELECT c.name, TYPE_NAME(c.user_type_id) AS type, c.max_length, c.is_nullable FROM sys.columns AS c WHERE c.object_id = OBJECT_ID(N'cdc.dbo_Plain_CT') ORDER BY c.column_id;
