using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>A database: schemas, tables, log and, once enabled, its change data capture. Guarded by the engine's gate.</summary>
internal sealed class Database(EngineState engine, string name, int id)
{
    private int _lastObjectId = 901578250;
    private int _lastSchemaId = 4;

    public EngineState Engine { get; } = engine;

    public string Name { get; } = name;

    public int Id { get; } = id;

    public DateTime Created { get; } = engine.LocalNow();

    public LogSequence Log { get; } = new();

    public AppLocks AppLocks { get; } = new();

    /// <summary>ALLOW_SNAPSHOT_ISOLATION; OFF in a new database, as in the real server.</summary>
    public bool AllowsSnapshot { get; set; } = id < 5;

    /// <summary>READ_COMMITTED_SNAPSHOT; OFF in a new database, as in the real server (Azure SQL Database has it ON).</summary>
    public bool ReadsCommittedVersions { get; set; }

    public Guid RecoveryFork { get; set; } = Guid.NewGuid();

    public Dictionary<string, int> Schemas { get; } = new(StringComparer.OrdinalIgnoreCase) { ["dbo"] = 1, ["guest"] = 2, ["INFORMATION_SCHEMA"] = 3, ["sys"] = 4 };

    public Dictionary<(string Schema, string Name), Table> Tables { get; } = new(NameComparer.Instance);

    /// <summary>Users, roles and permissions.</summary>
    public DatabaseSecurity Security { get; set; } = DatabaseSecurity.Empty;

    /// <summary>Views, procedures and functions.</summary>
    public Dictionary<(string Schema, string Name), IModule> Modules { get; } = new(NameComparer.Instance);

    public Dictionary<(string Schema, string Name), Sequence> Sequences { get; } = new(NameComparer.Instance);

    /// <summary>Null while CDC is not enabled.</summary>
    public CdcDatabase? Cdc { get; set; }

    /// <summary>Identifiers as the real server gives them out: far apart.</summary>
    public int NextObjectId() => _lastObjectId += 16000057 % 7919;

    public void AddSchema(string schema) => Schemas.Add(schema, ++_lastSchemaId);

    /// <summary>The names of constraints in a schema: they share one space with its tables.</summary>
    public IEnumerable<string> ConstraintNames(string schema) => Tables.Values.Where(t => string.Equals(t.Schema, schema, StringComparison.OrdinalIgnoreCase)).SelectMany(t =>
        t.Checks.Select(c => c.Name).Concat(t.ForeignKeys.Select(k => k.Name)).Concat(t.Indexes.Where(i => i.IsConstraint).Select(i => i.Name!)).Append(t.Name));

    public Table? FindTable(string? schema, string name) => Tables.GetValueOrDefault((schema ?? "dbo", name));

    public IEnumerable<DatabaseObject> Objects() =>
        Tables.Values.Select(Describe).Concat(Modules.Values.OfType<ViewDefinition>().Select(Describe)).Concat(Cdc is null ? [] : CdcObjects.Of(Cdc));

    /// <summary>Procedures, functions, constraints and sequences: objects without columns.</summary>
    public IEnumerable<CatalogEntry> Entries() => Modules.Values.Where(m => m is not ViewDefinition)
        .Select(m => new CatalogEntry(m.ObjectId, m.Schema, m.Name, m.Type, m.TypeName, 0, m.Created)).Concat(ConstraintObjects.Of(this));

    private static DatabaseObject Describe(ViewDefinition view) => new(
        view.ObjectId, view.Schema, view.Name, view.Shape.Select((c, i) => new ObjectColumn(c.Name, i + 1, c.Type, c.IsNullable)).ToArray(), false, null, view.Created)
    {
        Type = view.Type, TypeName = view.TypeName,
    };

    public DatabaseObject? Object(int objectId) => Objects().FirstOrDefault(o => o.Id == objectId);

    public DatabaseObject? Object(string schema, string name)
    {
        if (FindTable(schema, name) is { } table)
        {
            return Describe(table);
        }
        if (Modules.GetValueOrDefault((schema, name)) is ViewDefinition view)
        {
            return Describe(view);
        }
        return Cdc is null ? null : CdcObjects.Of(Cdc).FirstOrDefault(o =>
            string.Equals(o.Schema, schema, StringComparison.OrdinalIgnoreCase) && string.Equals(o.Name, name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Functions, procedures and views that exist without being stored: names that a permission may be asked for.</summary>
    public bool IsSystemObject(string name)
    {
        var parts = ObjectName.Parse(name);
        return parts.Schema is { } schema && (SystemViews.Find(schema, parts.Name) is not null
            || string.Equals(schema, "sys", StringComparison.OrdinalIgnoreCase)
            || (string.Equals(schema, "cdc", StringComparison.OrdinalIgnoreCase) && Cdc?.FunctionInstance(parts.Name) is not null));
    }

    /// <summary>A transaction's part of this database committed.</summary>
    public void Committed(TransactionLog log, DateTime now)
    {
        var commit = Log.Commit();
        Cdc?.Committed(log, commit, now);
    }

    private static DatabaseObject Describe(Table table) => new(
        table.ObjectId,
        table.Schema,
        table.Name,
        table.Columns.Select(c => new ObjectColumn(c.Name, c.Id, c.Type, c.IsNullable, c.IsIdentity, c.Computed is not null, c)).ToArray(),
        false,
        table,
        table.Created);

    private sealed class NameComparer : IEqualityComparer<(string Schema, string Name)>
    {
        public static readonly NameComparer Instance = new();

        public bool Equals((string Schema, string Name) x, (string Schema, string Name) y) =>
            string.Equals(x.Schema, y.Schema, StringComparison.OrdinalIgnoreCase) && string.Equals(x.Name, y.Name, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode((string Schema, string Name) name) =>
            HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(name.Schema), StringComparer.OrdinalIgnoreCase.GetHashCode(name.Name));
    }
}
