-- The table that the script makes is the one that DStream would make: dstream/52-checkpoint-create-table names the same columns.
-- The stand-in keeps the rows of every table by its primary key, as its README says: so the kind of index is not compared.
-- Volatile: type_desc
-- Statement:
SELECT c.name, TYPE_NAME(c.user_type_id) AS type, c.max_length, c.precision, c.scale, c.is_nullable
FROM sys.columns AS c WHERE c.object_id = OBJECT_ID(N'dstream.checkpoints') ORDER BY c.column_id;
GO
SELECT i.name, i.type_desc, i.is_primary_key, c.name AS column_name FROM sys.indexes AS i
JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
WHERE i.object_id = OBJECT_ID(N'dstream.checkpoints') ORDER BY k.key_ordinal;
