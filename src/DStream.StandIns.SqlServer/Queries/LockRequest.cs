using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>What a locking hint asks for: the rows read, or the table when a range must stay as it is.</summary>
internal sealed record LockRequest(Table Table, bool WholeTable);
