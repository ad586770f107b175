-- The types as the catalog describes them.
-- Statement:
SELECT c.name, TYPE_NAME(c.user_type_id) AS type, c.max_length, c.precision, c.scale, c.is_nullable FROM sys.columns AS c
WHERE c.object_id = OBJECT_ID(N'dbo.Types') ORDER BY c.column_id;
