using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Engine;

/// <summary>The SET options of a session that change what it does.</summary>
internal sealed class SessionSettings
{
    public bool NoCount { get; set; }

    /// <summary>SET FMTONLY ON: queries return their columns and no rows, nothing is written.</summary>
    public bool FormatOnly { get; set; }

    public bool AbortOnError { get; set; }

    public bool ImplicitTransactions { get; set; }

    /// <summary>Milliseconds; -1 waits for ever.</summary>
    public int LockTimeout { get; set; } = -1;

    /// <summary>The first day of the week, from Monday (1) to Sunday (7); 7 is us_english's.</summary>
    public int DateFirst { get; set; } = 7;

    /// <summary>Told by @@TEXTSIZE; values are sent whole all the same.</summary>
    public int TextSize { get; set; } = int.MaxValue;

    /// <summary>SET ROWCOUNT; 0 is without a limit.</summary>
    public long RowCountLimit { get; set; }

    /// <summary>The fewer of a statement's own limit and of SET ROWCOUNT.</summary>
    public long Limit(long? own) => Math.Min(own ?? long.MaxValue, RowCountLimit > 0 ? RowCountLimit : long.MaxValue);

    public SqlIsolation Isolation { get; set; } = SqlIsolation.ReadCommitted;

    /// <summary>The table for which SET IDENTITY_INSERT is ON.</summary>
    public Storage.Table? IdentityInsert { get; set; }
}
