-- Creates the table of checkpoints.
-- Statement:
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
