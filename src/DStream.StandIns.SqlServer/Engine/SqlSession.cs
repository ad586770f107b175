using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Engine;

/// <summary>One connection's state in the engine.</summary>
internal sealed class SqlSession : ISqlSession
{
    private readonly Database _loginDatabase;
    private readonly ServerLogin? _login;

    public SqlSession(EngineState engine, SqlLogin login, Database database, short id)
    {
        (Engine, Login, Id) = (engine, login, id);
        _login = engine.Logins.GetValueOrDefault(login.User);
        _loginDatabase = CurrentDatabase = database;
        Random = engine.Options.Seed is { } seed ? new Random(seed + id) : new Random();
        LockOwner = new LockOwner(id);
        Began = engine.LocalNow();
        engine.Sessions.Add(id, this);
    }

    public EngineState Engine { get; }

    public SqlLogin Login { get; }

    public short Id { get; }

    /// <summary>Whom EXECUTE AS made of it, the last on top.</summary>
    public Stack<Impersonation> Impersonations { get; } = new();

    public Impersonation? Impersonated => Impersonations.TryPeek(out var top) ? top : null;

    public string LoginName => Impersonated?.Login ?? Login.User;

    /// <summary>A member of sysadmin: every login that CREATE LOGIN did not make.</summary>
    public bool IsAdministrator => Impersonated switch
    {
        null => _login is null or { IsAdministrator: true },
        { Login: { } login } => Engine.Logins.GetValueOrDefault(login) is null or { IsAdministrator: true },
        _ => false,
    };

    /// <summary>Tells sessions apart that may not do the same; empty for administrators.</summary>
    public string Identity => IsAdministrator ? "" : $"{LoginName}\0{Impersonated?.Database?.Name}\0{Impersonated?.User}";

    public string Database => CurrentDatabase.Name;

    public Database CurrentDatabase { get; set; }

    public LockOwner LockOwner { get; }

    public DateTime Began { get; }

    /// <summary>GLOBAL cursors, which is what a cursor is unless it says LOCAL.</summary>
    public Dictionary<string, Cursor> Cursors { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>@@FETCH_STATUS and @@CURSOR_ROWS.</summary>
    public int FetchStatus { get; set; } = -1;

    public int CursorRows { get; set; }

    /// <summary>What sp_set_session_context set.</summary>
    public Dictionary<string, object?> ContextValues { get; } = new(StringComparer.OrdinalIgnoreCase);

    public SessionSettings Settings { get; private set; } = new();

    public Random Random { get; }

    /// <summary>The open transaction, or that of the running autocommitted statement.</summary>
    public Transaction? Transaction { get; set; }

    /// <summary>@@TRANCOUNT: 0 while a statement commits by itself.</summary>
    public int TransactionCount { get; set; }

    public ulong TransactionDescriptor => TransactionCount > 0 ? Transaction!.Descriptor : 0;

    /// <summary>XACT_STATE(): 1 open, -1 doomed, 0 none.</summary>
    public short TransactionState => TransactionCount == 0 ? (short)0 : Transaction!.IsDoomed ? (short)-1 : (short)1;

    public long RowCount { get; set; }

    public int LastError { get; set; }

    /// <summary>@@IDENTITY.</summary>
    public object? LastIdentity { get; set; }

    /// <summary>SCOPE_IDENTITY() outside of procedures and executed text.</summary>
    public object? OuterIdentity { get; set; }

    /// <summary>The ##tables that it made; they go with it.</summary>
    public List<Table> GlobalTables { get; } = [];

    /// <summary>#tables, and @tables while their batch runs.</summary>
    public SessionTables TempTables { get; } = new();

    /// <summary>The INSERT BULK whose rows are to come next.</summary>
    public InsertBulkStatement? PendingBulkLoad { get; set; }

    public async ValueTask ExecuteAsync(SqlRequest request, IResultSink sink, CancellationToken attention)
    {
        PendingBulkLoad = null;
        try
        {
            await new RequestRunner(this, sink, attention).RunAsync(request).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Settings.AbortOnError)
        {
            RollbackAll();
            throw;
        }
    }

    public ISqlBulkLoad BeginBulkLoad(IReadOnlyList<SqlColumn> columns, IResultSink sink)
    {
        var statement = PendingBulkLoad ?? throw Errors.Of(4002, 16, "stand-in: the rows of a bulk load came without an INSERT BULK before them.");
        PendingBulkLoad = null;
        return new BulkLoad(this, BulkTarget.Resolve(this, statement), columns, sink);
    }

    public void Begin(SqlIsolation isolation, string? name)
    {
        lock (Engine.Gate)
        {
            if (isolation != SqlIsolation.Unspecified)
            {
                Settings.Isolation = isolation;
            }
            Transaction ??= Engine.NewTransaction(Id, Settings.Isolation, name);
            TransactionCount++;
        }
    }

    public void Commit(string? name)
    {
        lock (Engine.Gate)
        {
            if (TransactionCount == 0)
            {
                throw Errors.NoTransaction("COMMIT");
            }
            if (Transaction!.IsDoomed)
            {
                throw Errors.Doomed();
            }
            if (--TransactionCount == 0)
            {
                var transaction = Transaction!;
                Transaction = null;
                Engine.End.Commit(transaction);
            }
        }
    }

    public void Rollback(string? name)
    {
        lock (Engine.Gate)
        {
            if (TransactionCount == 0)
            {
                throw Errors.NoTransaction("ROLLBACK");
            }
            if (name is { Length: > 0 } && Transaction!.Savepoints.TryGetValue(name, out var mark))
            {
                TransactionEnd.RollbackTo(Transaction, mark);
                return;
            }
            RollbackAll();
        }
    }

    public void Save(string name)
    {
        lock (Engine.Gate)
        {
            if (TransactionCount == 0)
            {
                throw Errors.Of(628, 16, "Cannot issue SAVE TRANSACTION when there is no active transaction.");
            }
            Transaction!.Savepoints[name] = Transaction.Mark();
        }
    }

    /// <summary>What the session itself holds: application locks of its own and its ##tables.</summary>
    private void ReleaseOwn()
    {
        lock (Engine.Gate)
        {
            foreach (var database in Engine.Databases.Values)
            {
                database.AppLocks.Release(hold => hold.Session == LockOwner && hold.Transaction is null);
            }
            foreach (var table in GlobalTables.Where(t => Engine.Databases["tempdb"].FindTable(t.Schema, t.Name) == t))
            {
                Engine.Databases["tempdb"].Tables.Remove((table.Schema, table.Name));
                Engine.SchemaChanged();
            }
            GlobalTables.Clear();
        }
    }

    public void RollbackAll()
    {
        lock (Engine.Gate)
        {
            if (Transaction is { } transaction)
            {
                (Transaction, TransactionCount) = (null, 0);
                Engine.End.Rollback(transaction);
            }
        }
    }

    public byte[] State => Settings.Save();

    public bool IsRecoverable => TransactionCount == 0 && !TempTables.All.Any() && Settings.IdentityInsert is null;

    public void Restore(byte[] state) => Settings = SessionSettings.Load(state);

    public void Reset(bool keepTransaction)
    {
        if (!keepTransaction)
        {
            RollbackAll();
        }
        ReleaseOwn();
        TempTables.Clear();
        Settings = new SessionSettings();
        LockOwner.DeadlockPriority = 0;
        ContextValues.Clear();
        Cursors.Clear();
        FetchStatus = -1;
        CurrentDatabase = _loginDatabase;
        Impersonations.Clear();
        (RowCount, LastError, LastIdentity, OuterIdentity) = (0, 0, null, null);
    }

    public ValueTask DisposeAsync()
    {
        RollbackAll();
        ReleaseOwn();
        TempTables.Clear();
        lock (Engine.Gate)
        {
            Engine.Sessions.Remove(Id);
        }
        return ValueTask.CompletedTask;
    }
}
