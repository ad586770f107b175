using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>A running batch: its session, its variables, where its results go, and what the running statement may see.</summary>
internal sealed class BatchContext(SqlSession session, IResultSink sink, object?[] variables, CancellationToken attention)
{
    private Dictionary<CdcDatabase, CdcState>? _cdc;
    private Dictionary<object, IReadOnlyList<object?[]>>? _workTables;
    private object? _scopeIdentity;
    private Dictionary<string, Cursor>? _cursors;

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

    /// <summary>What RETURN gave: a procedure's status, or a function's value.</summary>
    public int ReturnStatus => Returned is int status ? status : 0;

    public object? Returned { get; set; }

    /// <summary>@@PROCID; 0 outside of modules.</summary>
    public int ModuleId { get; init; }

    /// <summary>LOCAL cursors.</summary>
    public Dictionary<string, Cursor> Cursors => _cursors ??= new Dictionary<string, Cursor>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The rows for the running INSERT ... EXEC.</summary>
    public IReadOnlyList<ExecutedResult>? ExecutedRows { get; set; }

    /// <summary>SCOPE_IDENTITY(): the last identity value of this batch or procedure.</summary>
    public object? ScopeIdentity
    {
        get => Nesting == 0 ? Session.OuterIdentity : _scopeIdentity;
        set
        {
            Session.LastIdentity = value;
            _ = Nesting == 0 ? Session.OuterIdentity = value : _scopeIdentity = value;
        }
    }

    /// <summary>A context for what the running statement calls: it sees the same rows at the same moment.</summary>
    public BatchContext Nested(IResultSink sink, object?[] variables, int moduleId = 0) => new(Session, sink, variables, Attention)
    {
        Nesting = Nesting + 1,
        ModuleId = moduleId,
        Caught = Caught,
        ReadSequence = ReadSequence,
        IsLocking = IsLocking,
        NewestBlocker = NewestBlocker,
        UtcNow = UtcNow,
        LocalNow = LocalNow,
        _cdc = _cdc,
    };

    /// <summary>The running work holds the gate and takes locks: tables are read through <see cref="Queries.LockedReader"/>.</summary>
    public bool IsLocking { get; set; }

    /// <summary>The last transaction that had begun when the running statement did: a passing read waits for no later one.</summary>
    public ulong? NewestBlocker { get; set; }

    /// <summary>The isolation level at which a table is read: its hint's, else the session's.</summary>
    public SqlIsolation LevelOf(Queries.TableRead read) => read.Access.Isolation != SqlIsolation.Unspecified ? read.Access.Isolation : Session.Settings.Isolation;

    /// <summary>Whether READ COMMITTED of this table goes over versions, without shared locks.</summary>
    public static bool IsVersioned(Queries.TableRead read) => read.Database.ReadsCommittedVersions && !read.Access.NeverVersioned;

    /// <summary>The rows of a recursive query's last step.</summary>
    public IEnumerable<object?[]> WorkTable(object key) => _workTables![key];

    public void SetWorkTable(object key, IReadOnlyList<object?[]> rows) => (_workTables ??= [])[key] = rows;

    public void BeginStatement()
    {
        if (IsLocking)
        {
            // A statement of a function: it belongs to the statement around.
            return;
        }
        _cdc = null;
        NewestBlocker = null;
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
