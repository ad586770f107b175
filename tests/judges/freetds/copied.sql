CREATE TABLE dbo.Copied (id int NOT NULL PRIMARY KEY, name nvarchar(20) NULL, paid decimal(9,2) NULL)
go
