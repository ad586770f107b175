-- The table that the scripts of deploy/sql are written for.
-- Statement:
CREATE TABLE dbo.Persons (ID int NOT NULL PRIMARY KEY, FirstName nvarchar(50) NULL);
