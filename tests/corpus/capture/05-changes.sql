-- A statement of each kind, each a transaction of its own but the last, and a transaction that is rolled back.
-- Until: (SELECT COUNT(*) FROM cdc.dbo_Plain_CT) >= 13
-- Statement:
INSERT INTO dbo.Plain (id, v) VALUES (1, N'a'), (2, N'b'), (3, NULL);
GO
UPDATE dbo.Plain SET v = N'c' WHERE id = 1;
GO
UPDATE dbo.Plain SET v = v WHERE id = 2;
GO
UPDATE dbo.Plain SET id = 30 WHERE id = 3;
GO
BEGIN TRANSACTION;
INSERT INTO dbo.Plain (id, v) VALUES (4, N'never');
ROLLBACK;
GO
DELETE FROM dbo.Plain WHERE id = 1;
GO
BEGIN TRANSACTION;
INSERT INTO dbo.Plain (id, v) VALUES (5, N'd');
UPDATE dbo.Plain SET v = N'e' WHERE id = 5;
DELETE FROM dbo.Plain WHERE id = 5;
INSERT INTO dbo.Plain (id, v) VALUES (5, N'f');
COMMIT;
GO
TRUNCATE TABLE dbo.Plain;
