using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Types;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>A derived table, a common table expression or a VALUES constructor: it sees the rows around the query, not beside it.</summary>
internal sealed class QuerySource(CompiledQuery query) : RowSource
{
    public override IReadOnlyList<SourceColumn> Columns { get; } =
        query.Columns.Select(c => new SourceColumn(c.Name, c.Type, c.IsNullable, c.IsIdentity)).ToArray();

    public override IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range) =>
        query.Run(context, frame?.Outer);
}

/// <summary>The right side of APPLY: it sees the rows of the left.</summary>
internal sealed class LateralSource(CompiledQuery query) : RowSource
{
    public override IReadOnlyList<SourceColumn> Columns { get; } =
        query.Columns.Select(c => new SourceColumn(c.Name, c.Type, c.IsNullable, c.IsIdentity)).ToArray();

    public override IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range) => query.Run(context, frame);
}

/// <summary>VALUES (...), (...) as a table.</summary>
internal static class ValuesQuery
{
    public static CompiledQuery Compile(ExpressionCompiler compiler, InlineDerivedTable values, bool lateral)
    {
        var rows = values.RowValues.Select(row => row.ColumnValues.Select(compiler.Compile).ToArray()).ToArray();
        var columns = new SqlColumn[rows[0].Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var type = ExpressionCompiler.CommonType(rows.Select(row => row[i]).ToArray());
            columns[i] = new SqlColumn(values.Columns.Count > i ? values.Columns[i].Value : "", type, rows.Any(row => row[i].IsNullable));
            foreach (var row in rows)
            {
                row[i] = row[i].ConvertTo(type);
            }
        }
        return new CompiledQuery(columns, (context, outer) => Run(rows, lateral && outer is not null ? outer : new Frame(context, 0, 0, outer)));
    }

    private static IEnumerable<object?[]> Run(Expr[][] rows, Frame frame)
    {
        foreach (var row in rows)
        {
            yield return Array.ConvertAll(row, cell => cell.Eval(frame));
        }
    }
}
