using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>OUTPUT and OUTPUT INTO: expressions over the inserted and the deleted row, and over the other tables of the statement.</summary>
internal sealed class OutputPlan
{
    private readonly Scope _scope;
    private readonly object?[] _nothing;
    private readonly List<(string Name, Expr Value)>? _results;
    private readonly IntoPlan? _into;
    private readonly bool _readsSources;

    private OutputPlan(CompileContext context, Database database, Table table, DataModificationSpecification node, Scope? sources)
    {
        var columns = Access.Readable(context, database, table, new StoredTableSource(table).Columns).Select(c => c with { IsNullable = true, IsIdentity = false }).ToArray();
        _nothing = new object?[columns.Length];
        _scope = new Scope(sources);
        _scope.Add("inserted", null, columns);
        _scope.Add("deleted", null, columns);
        _scope.Add("$action", null, [new SourceColumn("$action", SqlTypes.NVarChar(10))]);
        var before = sources?.Touched ?? 0;
        if (sources is not null)
        {
            sources.Touched = 0;
        }
        _results = node.OutputClause is null ? null : Items(context, node.OutputClause.SelectColumns);
        _into = node.OutputIntoClause is null ? null : IntoPlan.Compile(context, node.OutputIntoClause, Items(context, node.OutputIntoClause.SelectColumns));
        if (sources is not null)
        {
            _readsSources = sources.Touched != 0;
            sources.Touched |= before;
        }
    }

    /// <summary>The result set; null when the rows go into a table only.</summary>
    public IReadOnlyList<SqlColumn>? Columns => _results?.Select(i => new SqlColumn(i.Name, i.Value.Type)).ToArray();

    public static OutputPlan? Compile(CompileContext context, Database database, Table table, DataModificationSpecification node, Scope? sources = null) =>
        node.OutputClause is null && node.OutputIntoClause is null ? null : new OutputPlan(context, database, table, node, sources);

    /// <summary>Keeps the rows of the statement's other tables, where the output names them: by the time it is made the frame has moved on.</summary>
    public Frame? Capture(Frame frame)
    {
        if (!_readsSources)
        {
            return null;
        }
        var kept = new Frame(frame.Context, frame.Rows.Length, 0, frame.Outer);
        frame.Rows.CopyTo(kept.Rows, 0);
        return kept;
    }

    public void Add(BatchContext context, Transaction transaction, string action, object?[]? inserted, object?[]? deleted, List<object?[]> outputs, Frame? sources = null)
    {
        var frame = new Frame(context, 3, 0, sources);
        (frame.Rows[0], frame.Rows[1], frame.Rows[2]) = (inserted ?? _nothing, deleted ?? _nothing, [action]);
        if (_results is not null)
        {
            outputs.Add(_results.Select(item => item.Value.Eval(frame)).ToArray());
        }
        _into?.Add(context, transaction, frame);
    }

    private List<(string Name, Expr Value)> Items(CompileContext context, IList<SelectElement> elements)
    {
        var items = new List<(string, Expr)>();
        var compiler = new ExpressionCompiler(context, _scope);
        foreach (var element in elements)
        {
            switch (element)
            {
                case SelectScalarExpression { Expression: ColumnReferenceExpression { ColumnType: ColumnType.PseudoColumnAction } } action:
                    items.Add((action.ColumnName?.Value ?? "$action", ExpressionCompiler.Reference(0, _scope.Sources[2], 0)));
                    break;
                case SelectScalarExpression scalar:
                    items.Add((scalar.ColumnName?.Value ?? (scalar.Expression as ColumnReferenceExpression)?.MultiPartIdentifier?.Identifiers[^1].Value ?? "", compiler.Compile(scalar.Expression)));
                    break;
                case SelectStarExpression { Qualifier.Identifiers: [.., var qualifier] }:
                    items.AddRange(Star(qualifier.Value));
                    break;
                default:
                    throw Errors.Unsupported($"OUTPUT {element.GetType().Name}");
            }
        }
        return items;
    }

    private IEnumerable<(string, Expr)> Star(string qualifier)
    {
        for (var (scope, depth) = ((Scope?)_scope, 0); scope is not null; scope = scope.Parent, depth++)
        {
            if (scope.Sources.Find(s => s.Matches(null, qualifier)) is { } source)
            {
                scope.Touched |= 1UL << source.Ordinal;
                var found = depth;
                return source.Columns.Select((c, i) => (c.Name, ExpressionCompiler.Reference(found, source, i)));
            }
        }
        throw Errors.Unbound(qualifier + ".*");
    }

    /// <summary>OUTPUT ... INTO a table, with or without a column list.</summary>
    private sealed class IntoPlan(Database database, Table table, int[] positions, Scalar[] cells)
    {
        private readonly RowMaker _maker = new(database, table);

        public static IntoPlan Compile(CompileContext context, OutputIntoClause node, List<(string Name, Expr Value)> items)
        {
            var (database, table) = ObjectResolver.Target(context, node.IntoTable);
            context.UsesSessionTables = true;
            var positions = new InsertCompiler(context).Positions(table, node.IntoTableColumns);
            InsertCompiler.CheckCount(items.Count, positions.Length);
            var maker = new RowMaker(database, table);
            return new IntoPlan(database, table, positions, items.Select((item, i) => maker.Assignment(table.Columns[positions[i]], item.Value)).ToArray());
        }

        public void Add(BatchContext context, Transaction transaction, Frame frame)
        {
            var row = new object?[table.Columns.Count];
            var given = new bool[row.Length];
            for (var i = 0; i < positions.Length; i++)
            {
                row[positions[i]] = cells[i](frame);
                given[positions[i]] = true;
            }
            new RowWriter(database, table, transaction, context.LocalNow).Insert(_maker.Complete(context, row, given, frame));
        }
    }
}
