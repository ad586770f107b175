/*
  Creates the table in which DStream keeps how far each table was delivered. DStream does this by itself where its login may (CREATE TABLE
  in the database, ALTER on the schema); run this where it may not, in the source database, as its owner. Running it again changes nothing.
*/
USE [TestDB];
GO

IF SCHEMA_ID(N'dstream') IS NULL
    EXEC (N'CREATE SCHEMA [dstream]');
GO

-- A checkpoint means: everything up to and including this was accepted by the broker.
-- epoch counts the owners a table has had; only the latest one may save.
-- start_lsn, command_id, seq_val, operation: the position. command_id 2147483647 means all of the transaction, -2147483648 nothing of it, and
-- -1 a row that was read through the function, which does not return the command id.
IF OBJECT_ID(N'[dstream].[checkpoints]') IS NULL
    CREATE TABLE [dstream].[checkpoints] (
        [server] nvarchar(300) COLLATE Latin1_General_100_CI_AS NOT NULL,
        [database] nvarchar(128) COLLATE Latin1_General_100_CI_AS NOT NULL,
        [schema] nvarchar(128) COLLATE Latin1_General_100_CI_AS NOT NULL,
        [table] nvarchar(128) COLLATE Latin1_General_100_CI_AS NOT NULL,
        [epoch] bigint NOT NULL,
        [start_lsn] binary(10) NULL,
        [command_id] int NULL,
        [seq_val] binary(10) NULL,
        [operation] tinyint NULL,
        [owner] nvarchar(256) NOT NULL,
        [updated_at] datetime2(3) NOT NULL,
        CONSTRAINT [PK_dstream_checkpoints] PRIMARY KEY NONCLUSTERED ([server], [database], [schema], [table])
    );
GO

-- To accept a gap (changes that were cleaned up before they were read), stop DStream and set the position to before the lowest LSN that
-- can still be read:
-- UPDATE [dstream].[checkpoints] SET [start_lsn] = sys.fn_cdc_get_min_lsn(N'dbo_Persons'), [command_id] = -2147483648,
--     [seq_val] = 0x00000000000000000000, [operation] = 0 WHERE [schema] = N'dbo' AND [table] = N'Persons';
