using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>A running batch: its session, its variables, where its results go, and what the running statement may see.</summary>
internal sealed class BatchContext(SqlSession session, IResultSink sink, object?[] variables, CancellationToken attention)
{
    private Dictionary<CdcDatabase, CdcState>? _cdc;

    public SqlSession Session { get; } = session;

    public EngineState Engine => Session.Engine;

    public IResultSink Sink { get; } = sink;

    public object?[] Variables { get; } = variables;

    public CancellationToken Attention { get; } = attention;

    /// <summary>The commit number at which the running statement reads; long.MaxValue reads the newest (DML under the gate).</summary>
    public long ReadSequence { get; set; } = long.MaxValue;

    /// <summary>How deep EXEC nests (@@NESTLEVEL).</summary>
    public int Nesting { get; init; }

    /// <summary>The clock stands still while a statement runs.</summary>
    public DateTime UtcNow { get; private set; }

    public DateTime LocalNow { get; private set; }

    /// <summary>The error that the running CATCH block handles.</summary>
    public SqlError? Caught { get; set; }

    public int ReturnStatus { get; set; }

    /// <summary>The running work holds the gate and takes locks: tables are read through <see cref="Queries.LockedReader"/>.</summary>
    public bool IsLocking { get; set; }

    /// <summary>The transactions that a passing read of the running statement waits for; null before it first looked.</summary>
    public HashSet<Transactions.Transaction>? Blockers { get; set; }

    /// <summary>The isolation level at which a table is read: its hint's, else the session's.</summary>
    public SqlIsolation LevelOf(Queries.TableRead read) => read.Access.Isolation != SqlIsolation.Unspecified ? read.Access.Isolation : Session.Settings.Isolation;

    /// <summary>Whether READ COMMITTED of this table goes over versions, without shared locks.</summary>
    public static bool IsVersioned(Queries.TableRead read) => read.Database.ReadsCommittedVersions && !read.Access.NeverVersioned;

    public void BeginStatement()
    {
        _cdc = null;
        Blockers = null;
        UtcNow = Engine.UtcNow();
        LocalNow = Engine.LocalNow();
        ReadSequence = long.MaxValue;
    }

    /// <summary>The change tables as they were when the statement first looked: one capture scan is seen whole or not at all.</summary>
    public CdcState CdcOf(CdcDatabase cdc)
    {
        _cdc ??= [];
        if (!_cdc.TryGetValue(cdc, out var state))
        {
            _cdc[cdc] = state = cdc.State;
        }
        return state;
    }
}
