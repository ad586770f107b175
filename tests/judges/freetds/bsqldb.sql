CREATE TABLE #persons (ID int NOT NULL PRIMARY KEY, FirstName varchar(12) NULL, Paid decimal(9,2) NOT NULL)
INSERT INTO #persons VALUES (1, 'Diana', 10.5), (2, NULL, 0), (3, 'Carl', -1)
go
SELECT ID, FirstName, Paid FROM #persons ORDER BY ID
SELECT COUNT(*) AS n, SUM(Paid) AS total FROM #persons
go
UPDATE #persons SET Paid = 7 WHERE ID > 1
SELECT CAST(1 AS bit) AS a, CAST(255 AS tinyint) AS b, CAST(1.5 AS float) AS c, CONVERT(varchar(10), CAST('2026-11-25' AS date), 120) AS d
go
