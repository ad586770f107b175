using System.Collections.Immutable;
using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Transactions;

namespace DStream.StandIns.SqlServer.Engine;

/// <summary>What all sessions share. <see cref="Gate"/> guards everything that is not immutable; no await happens under it.</summary>
internal sealed class EngineState
{
    // Lower numbers are the system's own sessions.
    private const short FirstSession = 51;

    private int _lastDatabaseId = 4;
    private ulong _lastTransaction;
    private short _lastSession = FirstSession - 1;

    public EngineState(TimeProvider time, SqlServerEngineOptions options)
    {
        Time = time;
        Options = options;
        Configuration = new ServerConfiguration(options);
        End = new TransactionEnd(this);
        foreach (var (name, id) in new[] { ("master", 1), ("tempdb", 2), ("model", 3), ("msdb", 4) })
        {
            Databases[name] = new Database(this, name, id);
        }
    }

    public Lock Gate { get; } = new();

    public TimeProvider Time { get; }

    public SqlServerEngineOptions Options { get; }

    public ServerConfiguration Configuration { get; }

    public TransactionEnd End { get; }

    public SnapshotRegistry Snapshots { get; } = new();

    /// <summary>The number of the newest commit; statements read at it.</summary>
    public long CommitSequence { get; set; }

    /// <summary>Changes with every DDL: compiled statements of an older version are compiled again.</summary>
    public long SchemaVersion { get; private set; }

    public ulong LastRowVersion { get; set; } = 2000;

    public Parsing.BatchCache Batches { get; } = new();

    /// <summary>What CREATE LOGIN made.</summary>
    public ImmutableDictionary<string, ServerLogin> Logins { get; set; } = ImmutableDictionary.Create<string, ServerLogin>(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, Database> Databases { get; } = new(StringComparer.OrdinalIgnoreCase);

    public DateTime UtcNow() => DateTime.SpecifyKind(Time.GetUtcNow().UtcDateTime, DateTimeKind.Unspecified);

    /// <summary>The server's local time, which is what CDC's time mapping holds.</summary>
    public DateTime LocalNow() => DateTime.SpecifyKind(Time.GetLocalNow().DateTime, DateTimeKind.Unspecified);

    public void SchemaChanged() => SchemaVersion++;

    /// <summary>The open sessions, by their number.</summary>
    public SortedDictionary<short, SqlSession> Sessions { get; } = [];

    /// <summary>The descriptor of the transaction that began last.</summary>
    public ulong LastTransaction => _lastTransaction;

    public Transaction NewTransaction(short session, SqlIsolation isolation, string? name = null) =>
        new(++_lastTransaction, Sessions[session].LockOwner, isolation) { Name = name, Began = LocalNow() };

    public short NextSessionId()
    {
        do
        {
            _lastSession = _lastSession == short.MaxValue ? FirstSession : (short)(_lastSession + 1);
        }
        while (Sessions.ContainsKey(_lastSession));
        return _lastSession;
    }

    public Database AddDatabase(string name)
    {
        var database = new Database(this, name, ++_lastDatabaseId);
        Databases.Add(name, database);
        SchemaChanged();
        return database;
    }

    public byte[] NextRowVersion()
    {
        var bytes = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, ++LastRowVersion);
        return bytes;
    }
}
