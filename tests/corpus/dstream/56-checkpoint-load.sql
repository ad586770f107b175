-- Loads a checkpoint.
DECLARE @server nvarchar(300) = N'server';
DECLARE @database nvarchar(128) = N'database';
DECLARE @schema nvarchar(128) = N'dbo';
DECLARE @table nvarchar(128) = N'Persons';
-- Statement:
SELECT [epoch], [start_lsn], [command_id], [seq_val], [operation] FROM [dstream].[checkpoints] WHERE [server] = @server AND [database] = @database AND [schema] = @schema AND [table] = @table;
