using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>What sp_cdc_enable_table made: a change table and what it captures of its source.</summary>
internal sealed class CaptureInstance
{
    /// <summary>__$start_lsn, __$end_lsn, __$seqval, __$operation and __$update_mask stand before the captured columns.</summary>
    public const int LeadingColumns = 5;

    public CaptureInstance(string name, Table source, int objectId, IReadOnlyList<CapturedColumn> columns, DateTime created)
    {
        Name = name;
        Source = source;
        ObjectId = objectId;
        Columns = columns;
        Created = created;
        ChangeTableColumns = ColumnsOf(columns);
        KeyPositions = [0, ChangeTableColumns.Count - 1, 2, 3];
        Object = new DatabaseObject(objectId, "cdc", ChangeTableName,
            ChangeTableColumns.Select((c, i) => new ObjectColumn(c.Name, i + 1, c.Type, c.IsNullable)).ToArray(), true, null, created);
        Builder = new ChangeRowBuilder(this);
    }

    public ChangeRowBuilder Builder { get; }

    public string Name { get; }

    public Table Source { get; }

    /// <summary>The change table's.</summary>
    public int ObjectId { get; }

    public IReadOnlyList<CapturedColumn> Columns { get; }

    public DateTime Created { get; }

    public bool SupportsNetChanges { get; init; }

    /// <summary>The gating role; null where permissions alone decide who reads.</summary>
    public string? Role { get; init; }

    public string? Filegroup { get; init; }

    public TableIndex? Index { get; init; }

    public string ChangeTableName => Name + "_CT";

    public DatabaseObject Object { get; }

    public IReadOnlyList<SourceColumn> ChangeTableColumns { get; }

    /// <summary>The clustered key's columns: start_lsn, command_id, seqval, operation.</summary>
    public int[] KeyPositions { get; }

    public static KeyOrder KeyOrder { get; } = new([SqlTypes.Lsn, SqlTypes.Int, SqlTypes.Lsn, SqlTypes.Int]);

    /// <summary>The same with another type of one column.</summary>
    public CaptureInstance With(TableColumn altered, SqlType type) => new(
        Name, Source, ObjectId, [.. Columns.Select(c => c.Source.Id == altered.Id ? new CapturedColumn(altered, c.Ordinal, type) : c)], Created)
    {
        SupportsNetChanges = SupportsNetChanges,
        Role = Role,
        Index = Index,
        Filegroup = Filegroup,
    };

    private static SourceColumn[] ColumnsOf(IReadOnlyList<CapturedColumn> columns) =>
    [
        new("__$start_lsn", SqlTypes.Lsn, false),
        new("__$end_lsn", SqlTypes.Lsn),
        new("__$seqval", SqlTypes.Lsn, false),
        new("__$operation", SqlTypes.Int, false),
        new("__$update_mask", SqlTypes.VarBinary(128)),
        .. columns.Select(c => new SourceColumn(c.Source.Name, c.Type)),
        new("__$command_id", SqlTypes.Int),
    ];
}
