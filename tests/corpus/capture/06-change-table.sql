-- What was captured of them, in command order: nothing of an update that changed nothing, nor of what was rolled back; an update of a key is a delete and an insert.
-- Statement:
SELECT DENSE_RANK() OVER (ORDER BY ct.__$start_lsn) AS [transaction], ct.__$operation, ct.__$update_mask, ct.id, ct.v
FROM cdc.dbo_Plain_CT AS ct ORDER BY ct.__$start_lsn, ct.__$command_id, ct.__$seqval, ct.__$operation;
GO
SELECT COUNT(*) AS ends FROM cdc.dbo_Plain_CT AS ct WHERE ct.__$end_lsn IS NOT NULL;
GO
SELECT COUNT(*) AS unmapped FROM cdc.dbo_Plain_CT AS ct LEFT JOIN cdc.lsn_time_mapping AS m ON m.start_lsn = ct.__$start_lsn WHERE m.tran_end_time IS NULL;
GO
SELECT COUNT(*) AS shared FROM (SELECT ct.__$start_lsn, ct.__$seqval, ct.__$operation FROM cdc.dbo_Plain_CT AS ct
    GROUP BY ct.__$start_lsn, ct.__$seqval, ct.__$operation HAVING COUNT(*) > 1) AS twice;
