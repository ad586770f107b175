-- Functions over LSNs, masks and columns, with what does not exist among their arguments.
-- Statement:
SELECT sys.fn_cdc_get_min_lsn(N'nothing') AS nothing, sys.fn_cdc_get_min_lsn(NULL) AS no_name;
GO
SELECT CONVERT(varchar(22), sys.fn_cdc_increment_lsn(0x0000003600000B20FFFF), 1) AS next, CONVERT(varchar(22), sys.fn_cdc_decrement_lsn(0x0000003600000B200000), 1) AS previous;
GO
SELECT sys.fn_cdc_get_column_ordinal(N'dbo_Plain', N'v') AS v, sys.fn_cdc_get_column_ordinal(N'dbo_Plain', N'nothing') AS nothing;
GO
SELECT sys.fn_cdc_is_bit_set(2, 0x02) AS is_set, sys.fn_cdc_is_bit_set(1, 0x02) AS is_not, sys.fn_cdc_has_column_changed(N'dbo_Plain', N'v', 0x02) AS changed;
GO
SELECT sys.fn_cdc_map_lsn_to_time(0x00000000000000000001) AS unknown;
GO
SELECT IIF(sys.fn_cdc_get_max_lsn() = MAX(m.start_lsn), 1, 0) AS max_is_mapped FROM cdc.lsn_time_mapping AS m;
