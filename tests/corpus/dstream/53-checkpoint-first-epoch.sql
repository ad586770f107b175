-- Begins the first epoch of a table.
DECLARE @server nvarchar(300) = N'server';
DECLARE @database nvarchar(128) = N'database';
DECLARE @schema nvarchar(128) = N'dbo';
DECLARE @table nvarchar(128) = N'Persons';
DECLARE @owner nvarchar(256) = N'owner';
-- Statement:
INSERT INTO [dstream].[checkpoints] ([server], [database], [schema], [table], [epoch], [owner], [updated_at])
VALUES (@server, @database, @schema, @table, 1, @owner, SYSUTCDATETIME());
