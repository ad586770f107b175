using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Engine;

/// <summary>The SET options of a session that change what it does.</summary>
internal sealed class SessionSettings
{
    public bool NoCount { get; set; }

    public bool AbortOnError { get; set; }

    public bool ImplicitTransactions { get; set; }

    /// <summary>Milliseconds; -1 waits for ever.</summary>
    public int LockTimeout { get; set; } = -1;

    public long RowCountLimit { get; set; }

    public SqlIsolation Isolation { get; set; } = SqlIsolation.ReadCommitted;

    /// <summary>The table for which SET IDENTITY_INSERT is ON.</summary>
    public Storage.Table? IdentityInsert { get; set; }
}
