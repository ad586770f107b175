-- LOBs: written, changed, and left alone by an update of another column.
-- Until: (SELECT COUNT(*) FROM cdc.dbo_Large_CT) >= 6
-- Statement:
INSERT INTO dbo.Large VALUES (1, N'text', 0x0102, 1);
GO
UPDATE dbo.Large SET n = 2 WHERE id = 1;
GO
UPDATE dbo.Large SET t = N'other' WHERE id = 1;
GO
DELETE FROM dbo.Large WHERE id = 1;
