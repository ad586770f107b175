CREATE DATABASE Scripted
go
USE Scripted
go
CREATE TABLE dbo.Persons (ID int NOT NULL PRIMARY KEY, FirstName nvarchar(100) NULL, Born date NULL, Paid decimal(9,2) NOT NULL DEFAULT 0)
CREATE TABLE dbo.Orders (ID int IDENTITY(100, 10) PRIMARY KEY, PersonID int NOT NULL, Placed datetime2(3) NOT NULL, Total money NOT NULL)
go
INSERT INTO dbo.Persons (ID, FirstName, Born) VALUES (1, N'Diana', '1970-02-03'), (2, N'Ænne', NULL), (3, NULL, '1999-12-31')
INSERT INTO dbo.Orders (PersonID, Placed, Total) VALUES (1, '2026-11-25T01:02:03.456', 12.5), (1, '2026-11-25T04:05:06', 0.25), (3, '2026-11-26T00:00:00', 1000)
go
SELECT p.ID, p.FirstName, COUNT(o.ID) AS Orders, SUM(o.Total) AS Total FROM dbo.Persons p LEFT JOIN dbo.Orders o ON o.PersonID = p.ID GROUP BY p.ID, p.FirstName ORDER BY p.ID
go
UPDATE dbo.Persons SET Paid = Paid + 10.5 WHERE ID IN (SELECT PersonID FROM dbo.Orders)
SELECT ID, Paid, CONVERT(varchar(10), Born, 120) AS Born FROM dbo.Persons ORDER BY ID
go
DELETE FROM dbo.Orders OUTPUT deleted.ID, deleted.Total WHERE Total < 1
go
MERGE dbo.Persons AS t USING (VALUES (3, N'Carl'), (4, N'Dora')) AS s (ID, FirstName) ON t.ID = s.ID WHEN MATCHED THEN UPDATE SET FirstName = s.FirstName WHEN NOT MATCHED THEN INSERT (ID, FirstName) VALUES (s.ID, s.FirstName);
SELECT ID, FirstName FROM dbo.Persons ORDER BY ID DESC
go
WITH ranked AS (SELECT ID, ROW_NUMBER() OVER (ORDER BY FirstName) AS n FROM dbo.Persons) SELECT ID, n FROM ranked WHERE n <= 2 ORDER BY n
go
SELECT CAST(1 AS bit) AS a, CAST(255 AS tinyint) AS b, CAST(-32768 AS smallint) AS c, CAST(9223372036854775807 AS bigint) AS d, CAST(NULL AS int) AS e
SELECT CAST('12345678901234567890.123456789' AS decimal(38,9)) AS a, CAST(-922337203685477.5808 AS money) AS b, CAST(1.5 AS real) AS c, CAST(0.1 AS float) AS d
SELECT CAST('ab' AS char(4)) + '|' AS a, CAST(N'日本' AS nchar(3)) + N'|' AS b, CAST('x' AS varchar(max)) AS c, LEN(REPLICATE(CAST(N'y' AS nvarchar(max)), 20000)) AS d
SELECT 0x00FF10 AS a, CAST('00112233-4455-6677-8899-aabbccddeeff' AS uniqueidentifier) AS b, CONVERT(varchar(30), CAST('2026-11-25T01:02:03.1234567' AS datetime2), 126) AS c
go
BEGIN TRANSACTION
DELETE FROM dbo.Persons
SAVE TRANSACTION here
INSERT INTO dbo.Persons (ID) VALUES (9)
ROLLBACK TRANSACTION here
SELECT COUNT(*) AS n, @@TRANCOUNT AS depth FROM dbo.Persons
ROLLBACK
SELECT COUNT(*) AS n, @@TRANCOUNT AS depth FROM dbo.Persons
go
PRINT 'printed'
RAISERROR('low %d', 9, 3, 7)
go
DECLARE @i int = 0
WHILE @i < 3 BEGIN SET @i += 1 PRINT CONCAT('round ', @i) END
IF @i = 3 SELECT 'three' AS i ELSE SELECT 'other' AS i
go
BEGIN TRY SELECT 1 / 0 AS never END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number, ERROR_MESSAGE() AS message END CATCH
go
EXEC sp_executesql N'SELECT @a * 2 AS twice', N'@a int', @a = 21
go
CREATE TABLE #temp (id int PRIMARY KEY)
INSERT INTO #temp SELECT value FROM GENERATE_SERIES(1, 5)
SELECT SUM(id) AS total FROM #temp
go
SELECT name, is_tracked_by_cdc FROM sys.tables WHERE name IN ('Persons', 'Orders') ORDER BY name
go
EXEC sys.sp_cdc_enable_db
EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Persons', @role_name = NULL, @supports_net_changes = 0
go
INSERT INTO dbo.Persons (ID, FirstName) VALUES (7, N'Tracked')
UPDATE dbo.Persons SET FirstName = N'Changed' WHERE ID = 7
DELETE FROM dbo.Persons WHERE ID = 7
DECLARE @tries int = 0
WHILE @tries < 500 AND (SELECT COUNT(*) FROM cdc.dbo_Persons_CT) < 4 BEGIN SET @tries += 1 WAITFOR DELAY '00:00:00.020' END
go
DECLARE @from binary(10) = sys.fn_cdc_get_min_lsn('dbo_Persons'), @to binary(10) = sys.fn_cdc_get_max_lsn()
SELECT __$operation AS operation, ID, FirstName FROM cdc.fn_cdc_get_all_changes_dbo_Persons(@from, @to, N'all update old') ORDER BY __$start_lsn, __$seqval, __$operation
SELECT capture_instance FROM cdc.change_tables
go
EXEC sys.sp_cdc_disable_db
go
