namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>A row of sys.dm_cdc_errors.</summary>
internal sealed record ScanError(int Session, int Phase, DateTime Time, int Number, string Message, Lsn Start, Lsn Begin, Lsn Sequence);
