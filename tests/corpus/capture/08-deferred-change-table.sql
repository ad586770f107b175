-- Deferred updates in command order. A delete and its insert share the LSN and the seqval of their row, and not the command id.
-- Statement:
SELECT DENSE_RANK() OVER (ORDER BY ct.__$start_lsn) AS [transaction], ct.__$operation, COUNT(*) OVER (PARTITION BY ct.__$start_lsn, ct.__$operation) AS rows_of_step
FROM cdc.dbo_Codes_CT AS ct ORDER BY ct.__$start_lsn, ct.__$command_id, ct.__$seqval, ct.__$operation;
GO
SELECT COUNT(*) AS inserts_before_deletes FROM cdc.dbo_Codes_CT AS d JOIN cdc.dbo_Codes_CT AS i ON i.__$start_lsn = d.__$start_lsn
WHERE d.__$operation = 1 AND i.__$operation = 2 AND i.__$command_id <= d.__$command_id;
GO
SELECT COUNT(*) AS pairs FROM cdc.dbo_Codes_CT AS d JOIN cdc.dbo_Codes_CT AS i ON i.__$start_lsn = d.__$start_lsn AND i.__$seqval = d.__$seqval
WHERE d.__$operation = 1 AND i.__$operation = 2;
GO
SELECT s.__$operation, s.id, s.v FROM cdc.second_CT AS s WHERE s.__$operation IN (1, 2) ORDER BY s.__$start_lsn, s.__$operation, s.id;
