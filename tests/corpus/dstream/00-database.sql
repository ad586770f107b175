-- The database that the statements of this folder run in: two captured tables; one transaction of inserts, one of updates, one that swaps keys, one delete.
-- Until: (SELECT COUNT(*) FROM cdc.dbo_Persons_CT) >= 12 AND (SELECT COUNT(*) FROM cdc.dbo_Orders_CT) >= 1
-- Statement:
EXEC sys.sp_cdc_enable_db;
GO
CREATE TABLE dbo.Persons (
    ID int NOT NULL PRIMARY KEY,
    FirstName nvarchar(50) NOT NULL,
    LastName nvarchar(50) NULL,
    Balance decimal(18, 2) NOT NULL,
    Active bit NOT NULL,
    Notes nvarchar(max) NULL,
    UpdatedAt datetime2(3) NOT NULL);
CREATE TABLE dbo.Orders (ID int NOT NULL PRIMARY KEY, Amount money NULL);
GO
EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Persons', @role_name = NULL;
EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Orders', @role_name = NULL;
GO
INSERT INTO dbo.Persons VALUES
    (1, N'Diana', N'Williams', 12.50, 1, N'first', '2026-11-22T20:10:10.123'),
    (2, N'Émile', NULL, -0.01, 0, NULL, '2026-11-22T20:10:10.123'),
    (3, N'Zoë', N'Å', 0, 1, N'third', '2026-11-22T20:10:10.123');
GO
UPDATE dbo.Persons SET Balance = Balance + 1 WHERE ID IN (1, 2);
GO
UPDATE dbo.Persons SET ID = 3 - ID WHERE ID IN (1, 2);
GO
DELETE FROM dbo.Persons WHERE ID = 3;
INSERT INTO dbo.Orders VALUES (1, 9.99);
