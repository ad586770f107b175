-- Updates of many keys at once, of the primary key and of a unique column: deletes of all rows before inserts of all rows.
-- Until: (SELECT COUNT(*) FROM cdc.dbo_Codes_CT) >= 10
-- Statement:
INSERT INTO dbo.Codes VALUES (1, 10, N'a'), (2, 20, N'b');
GO
UPDATE dbo.Codes SET id = 3 - id;
GO
UPDATE dbo.Codes SET code = 30 - code;
