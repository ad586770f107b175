namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>A row of cdc.ddl_history.</summary>
internal sealed record DdlRecord(int SourceObjectId, int ObjectId, bool RequiredColumnUpdate, string Command, Lsn Lsn, DateTime Time);
