-- Of LOBs the row before an update has NULL unless the update changed them.
-- Statement:
SELECT ct.__$operation, ct.__$update_mask, ct.id, ct.t, ct.b, ct.n FROM cdc.dbo_Large_CT AS ct
ORDER BY ct.__$start_lsn, ct.__$command_id, ct.__$seqval, ct.__$operation;
