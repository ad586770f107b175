-- Opens a table: its capture instances, the older first.
-- Volatile: object_id
DECLARE @table int = OBJECT_ID(N'dbo.Persons');
-- Statement:
SELECT c.capture_instance, c.object_id, c.role_name FROM cdc.change_tables AS c
WHERE c.source_object_id = @table ORDER BY c.create_date, c.object_id;
