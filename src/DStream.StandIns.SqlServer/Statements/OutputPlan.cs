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

/// <summary>OUTPUT and OUTPUT INTO: expressions over the inserted and the deleted row.</summary>
internal sealed class OutputPlan
{
    private readonly Scope _scope = new(null);
    private readonly List<(string Name, Expr Value)> _items = [];
    private readonly object?[] _nothing;
    private Table? _into;
    private Database? _intoDatabase;

    private OutputPlan(CompileContext context, Database database, Table table, IList<SelectElement> elements)
    {
        var columns = Access.Readable(context.Session, database, table, new StoredTableSource(table).Columns).Select(c => c with { IsNullable = true, IsIdentity = false }).ToArray();
        _nothing = new object?[columns.Length];
        _scope.Add("inserted", null, columns);
        _scope.Add("deleted", null, columns);
        _scope.Add("$action", null, [new SourceColumn("$action", SqlTypes.NVarChar(10))]);
        var compiler = new ExpressionCompiler(context, _scope);
        foreach (var element in elements)
        {
            switch (element)
            {
                case SelectScalarExpression scalar:
                    _items.Add((scalar.ColumnName?.Value ?? (scalar.Expression as ColumnReferenceExpression)?.MultiPartIdentifier?.Identifiers[^1].Value ?? "", compiler.Compile(scalar.Expression)));
                    break;
                case SelectStarExpression { Qualifier.Identifiers: [.., var qualifier] }:
                    var source = _scope.Sources.Find(s => s.Matches(null, qualifier.Value)) ?? throw Errors.Unbound(qualifier.Value + ".*");
                    _items.AddRange(source.Columns.Select((c, i) => (c.Name, ExpressionCompiler.Reference(0, source, i))));
                    break;
                default:
                    throw Errors.Unsupported($"OUTPUT {element.GetType().Name}");
            }
        }
    }

    /// <summary>The result set; null when the rows go into a table.</summary>
    public IReadOnlyList<SqlColumn>? Columns => _into is null ? _items.Select(i => new SqlColumn(i.Name, i.Value.Type)).ToArray() : null;

    public static OutputPlan? Compile(CompileContext context, Database database, Table table, DataModificationSpecification node)
    {
        if (node.OutputIntoClause is { } into)
        {
            var plan = new OutputPlan(context, database, table, into.SelectColumns);
            (plan._intoDatabase, plan._into) = into.IntoTable switch
            {
                VariableTableReference variable => (context.Engine.Databases["tempdb"], context.Session.TempTables.GetValueOrDefault(variable.Variable.Name)
                    ?? throw Errors.Of(1087, 15, $"Must declare the table variable \"{variable.Variable.Name}\".", 2)),
                NamedTableReference named => ObjectResolver.Stored(context, named.SchemaObject),
                _ => throw Errors.Unsupported("OUTPUT INTO"),
            };
            context.UsesSessionTables = true;
            return into.IntoTableColumns.Count == 0 ? plan : throw Errors.Unsupported("OUTPUT INTO with a column list");
        }
        return node.OutputClause is null ? null : new OutputPlan(context, database, table, node.OutputClause.SelectColumns);
    }

    public void Add(BatchContext context, Transaction transaction, string action, object?[]? inserted, object?[]? deleted, List<object?[]> outputs)
    {
        var frame = new Frame(context, 3, 0, null);
        (frame.Rows[0], frame.Rows[1], frame.Rows[2]) = (inserted ?? _nothing, deleted ?? _nothing, [action]);
        var row = _items.Select(item => item.Value.Eval(frame)).ToArray();
        if (_into is null)
        {
            outputs.Add(row);
            return;
        }
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = Conversion.To(row[i], _items[i].Value.Type, _into.Columns[i].Type);
        }
        new RowWriter(_intoDatabase!, _into, transaction, context.LocalNow).Insert(row);
    }
}
