SELECT * FROM dbo.nowhere
go
SELECT 1 AS a
SELECT 1 / 0 AS b
SELECT 2 AS c
go
SELECT CAST('x' AS int) AS a
go
SELECT FROM
go
CREATE TABLE #unique (id int CONSTRAINT pk_unique PRIMARY KEY, name varchar(3))
INSERT INTO #unique VALUES (1, 'a')
INSERT INTO #unique VALUES (1, 'b')
INSERT INTO #unique VALUES (2, 'too long')
SELECT * FROM #unique
go
THROW 50001, 'thrown', 9
go
RAISERROR('raised', 16, 4)
go
EXEC dbo.nothing
go
COMMIT
go
SELECT 'still here' AS a
go
