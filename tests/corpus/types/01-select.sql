-- The types as a client meets them.
-- Volatile: c_rowversion
-- Statement:
SELECT * FROM dbo.Types AS t ORDER BY t.id;
