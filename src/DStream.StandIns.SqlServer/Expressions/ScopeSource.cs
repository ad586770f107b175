using DStream.StandIns.SqlServer.Queries;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>One source of a scope: its place in the frame, its name and its columns.</summary>
internal sealed class ScopeSource(int ordinal, string? alias, string? schema, IReadOnlyList<SourceColumn> columns)
{
    private readonly Dictionary<string, int> _positions = Index(columns);

    public int Ordinal { get; } = ordinal;

    public string? Alias { get; } = alias;

    public IReadOnlyList<SourceColumn> Columns { get; } = columns;

    /// <summary>On the optional side of an outer join: every column may be NULL.</summary>
    public bool IsNullExtended { get; set; }

    /// <summary>Reached by its qualifier only, never by a bare column name (the deleted pseudo-table beside a target).</summary>
    public bool QualifiedOnly { get; init; }

    public bool Matches(string? wantedSchema, string? qualifier) =>
        qualifier is null
            ? !QualifiedOnly
            : string.Equals(qualifier, Alias, StringComparison.OrdinalIgnoreCase)
                && (wantedSchema is null || schema is null || string.Equals(wantedSchema, schema, StringComparison.OrdinalIgnoreCase));

    public int? Position(string column) => _positions.TryGetValue(column, out var position) ? position : null;

    private static Dictionary<string, int> Index(IReadOnlyList<SourceColumn> columns)
    {
        var positions = new Dictionary<string, int>(columns.Count, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < columns.Count; i++)
        {
            positions.TryAdd(columns[i].Name, i);
        }
        return positions;
    }
}
