-- A column of each type that a captured table can have, with a value and with NULL.
-- Statement:
CREATE TABLE dbo.Types (
    id int NOT NULL PRIMARY KEY, c_bit bit NULL, c_tinyint tinyint NULL, c_smallint smallint NULL, c_int int NULL, c_bigint bigint NULL,
    c_decimal decimal(38, 10) NULL, c_numeric numeric(9, 2) NULL, c_money money NULL, c_smallmoney smallmoney NULL, c_real real NULL, c_float float NULL,
    c_date date NULL, c_time time(7) NULL, c_time0 time(0) NULL, c_datetime datetime NULL, c_smalldatetime smalldatetime NULL, c_datetime2 datetime2(7) NULL,
    c_datetimeoffset datetimeoffset(3) NULL, c_char char(3) NULL, c_varchar varchar(10) NULL, c_varcharmax varchar(max) NULL, c_nchar nchar(3) NULL,
    c_nvarchar nvarchar(10) NULL, c_nvarcharmax nvarchar(max) NULL, c_binary binary(3) NULL, c_varbinary varbinary(10) NULL, c_varbinarymax varbinary(max) NULL,
    c_uniqueidentifier uniqueidentifier NULL, c_rowversion rowversion);
GO
INSERT INTO dbo.Types (id, c_bit, c_tinyint, c_smallint, c_int, c_bigint, c_decimal, c_numeric, c_money, c_smallmoney, c_real, c_float, c_date, c_time, c_time0,
    c_datetime, c_smalldatetime, c_datetime2, c_datetimeoffset, c_char, c_varchar, c_varcharmax, c_nchar, c_nvarchar, c_nvarcharmax, c_binary, c_varbinary,
    c_varbinarymax, c_uniqueidentifier)
VALUES (1, 1, 255, -32768, 2147483647, -9223372036854775808, 1234567890123456789012345678.0123456789, -0.01, 922337203685477.5807, -214748.3648, 1.5, -2.25E-300,
    '9999-12-31', '23:59:59.9999999', '12:34:56', '2026-11-22T20:10:10.997', '2026-11-22T20:10:00', '0001-01-01T00:00:00.0000001',
    '2026-11-22T20:10:10.123+05:30', 'a', 'ab', 'abc', N'Å', N'Zoë', N'text', 0x01, 0x0102, 0x010203, '6F9619FF-8B86-D011-B42D-00C04FC964FF');
GO
INSERT INTO dbo.Types (id) VALUES (2);
