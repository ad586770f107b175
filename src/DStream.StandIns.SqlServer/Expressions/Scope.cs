using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>The sources whose columns an expression may name, and the scope around them.</summary>
internal sealed class Scope(Scope? parent)
{
    // A bit each in Touched.
    private const int MostSources = 64;

    public Scope? Parent { get; } = parent;

    public List<ScopeSource> Sources { get; } = [];

    /// <summary>How many places for node states the plan needs.</summary>
    public int States { get; set; }

    /// <summary>A bit for each source that expressions compiled since it was last cleared refer to.</summary>
    public ulong Touched { get; set; }

    /// <summary>Grouped and windowed queries replace whole expressions by columns of what they computed.</summary>
    public Func<ScalarExpression, Expr?>? Substitute { get; set; }

    public ScopeSource Add(string? alias, string? schema, IReadOnlyList<SourceColumn> columns, bool isNullExtended = false)
    {
        if (Sources.Count == MostSources)
        {
            throw Errors.Unsupported($"a query over more than {MostSources} tables");
        }
        var source = new ScopeSource(Sources.Count, alias, schema, columns) { IsNullExtended = isNullExtended };
        Sources.Add(source);
        return source;
    }

    /// <summary>Finds a column here or in a scope around; null when there is none.</summary>
    public (int Depth, ScopeSource Source, int Column)? Find(string? schema, string? qualifier, string column)
    {
        var depth = 0;
        for (var scope = this; scope is not null; scope = scope.Parent, depth++)
        {
            (ScopeSource Source, int Column)? found = null;
            foreach (var source in scope.Sources)
            {
                if (!source.Matches(schema, qualifier) || source.Position(column) is not { } position)
                {
                    continue;
                }
                if (found is not null)
                {
                    throw Errors.AmbiguousColumn(column);
                }
                found = (source, position);
            }
            if (found is { } hit)
            {
                scope.Touched |= 1UL << hit.Source.Ordinal;
                return (depth, hit.Source, hit.Column);
            }
        }
        return null;
    }
}
