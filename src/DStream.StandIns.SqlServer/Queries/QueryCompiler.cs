using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>Compiles query expressions.</summary>
internal sealed class QueryCompiler(CompileContext context)
{
    public CompiledQuery Compile(QueryExpression node, Scope? parent) => node switch
    {
        QuerySpecification specification => new SelectCompiler(context, parent).Compile(specification),
        QueryParenthesisExpression { OrderByClause: null } inner => Compile(inner.QueryExpression, parent),
        QueryParenthesisExpression sorted => Limited(sorted, Sorted(sorted, Compile(sorted.QueryExpression, parent), parent)),
        BinaryQueryExpression set => SetOperation(set, parent),
        _ => throw Errors.Unsupported($"query {node.GetType().Name}"),
    };

    /// <summary>Compiles with the WITH clause's tables in reach.</summary>
    public T WithCommonTables<T>(WithCtesAndXmlNamespaces? with, Func<T> compile)
    {
        var (count, nodes) = (context.CommonTables.Count, context.CommonTableNodes.Count);
        foreach (var table in with?.CommonTableExpressions ?? [])
        {
            context.CommonTableNodes.Add(table);
            if (RecursiveQuery.IsRecursive(table))
            {
                context.CommonTables.Add((table.ExpressionName.Value, RecursiveQuery.Compile(context, table)));
                continue;
            }
            var query = Compile(table.QueryExpression, null);
            if (table.Columns.Count > 0)
            {
                query = query with { Columns = query.Columns.Select((c, i) => c with { Name = table.Columns[i].Value }).ToArray() };
            }
            context.CommonTables.Add((table.ExpressionName.Value, query));
        }
        var result = compile();
        context.CommonTables.RemoveRange(count, context.CommonTables.Count - count);
        context.CommonTableNodes.RemoveRange(nodes, context.CommonTableNodes.Count - nodes);
        return result;
    }

    private CompiledQuery SetOperation(BinaryQueryExpression node, Scope? parent)
    {
        var branches = new List<CompiledQuery>();
        var isUnionAll = node.BinaryQueryExpressionType == BinaryQueryExpressionType.Union && node.All;
        // A UNION ALL of a thousand branches is a tree a thousand deep on its left.
        QueryExpression first = node;
        while (isUnionAll && first is BinaryQueryExpression { BinaryQueryExpressionType: BinaryQueryExpressionType.Union, All: true } union
            && (union.OrderByClause is null || union == node))
        {
            branches.Insert(0, Compile(union.SecondQueryExpression, parent));
            first = union.FirstQueryExpression;
        }
        if (isUnionAll)
        {
            branches.Insert(0, Compile(first, parent));
        }
        else
        {
            branches.AddRange([Compile(node.FirstQueryExpression, parent), Compile(node.SecondQueryExpression, parent)]);
        }
        var columns = CommonColumns(branches);
        Func<BatchContext, Frame?, IEnumerable<object?[]>> Converted(CompiledQuery branch) => Convert(branch, columns);
        var runs = branches.ConvertAll(Converted);
        Func<BatchContext, Frame?, IEnumerable<object?[]>> run = node.BinaryQueryExpressionType switch
        {
            BinaryQueryExpressionType.Union when node.All => (c, f) => runs.SelectMany(r => r(c, f)),
            BinaryQueryExpressionType.Union => (c, f) => runs[0](c, f).Concat(runs[1](c, f)).Distinct(new RowEquality(columns.Select(x => x.Type))),
            BinaryQueryExpressionType.Except => (c, f) => runs[0](c, f).Except(runs[1](c, f), new RowEquality(columns.Select(x => x.Type))),
            _ => (c, f) => runs[0](c, f).Intersect(runs[1](c, f), new RowEquality(columns.Select(x => x.Type))),
        };
        var query = new CompiledQuery(columns, run);
        return node.OrderByClause is null ? query : Limited(node, Sorted(node, query, parent));
    }

    private CompiledQuery Limited(QueryExpression node, CompiledQuery query)
    {
        if (node.OffsetClause is not { } offset)
        {
            return query;
        }
        var compiler = new ExpressionCompiler(context, new Scope(null));
        var skip = compiler.Compile(offset.OffsetExpression).ConvertTo(SqlTypes.Int).Eval;
        var take = offset.FetchExpression is null ? null : compiler.Compile(offset.FetchExpression).ConvertTo(SqlTypes.Int).Eval;
        return query with
        {
            Run = (run, frame) =>
            {
                var own = new Frame(run, 0, 0, null);
                var rows = query.Run(run, frame).Skip((int)(skip(own) ?? 0));
                return take is null ? rows : rows.Take((int)(take(own) ?? 0));
            },
        };
    }

    private CompiledQuery Sorted(QueryExpression node, CompiledQuery query, Scope? parent)
    {
        var (columns, run) = query;
        var scope = new Scope(parent);
        scope.Add(null, null, columns.Select(c => new SourceColumn(c.Name, c.Type, c.IsNullable)).ToArray());
        var compiler = new ExpressionCompiler(context, scope);
        var keys = node.OrderByClause.OrderByElements.Select(element => element.Expression is IntegerLiteral ordinal
            ? new SortKey(ExpressionCompiler.Reference(0, scope.Sources[0], int.Parse(ordinal.Value, System.Globalization.CultureInfo.InvariantCulture) - 1), element.SortOrder == SortOrder.Descending)
            : new SortKey(compiler.Compile(element.Expression), element.SortOrder == SortOrder.Descending)).ToArray();
        var sorter = new Sorter(keys);
        return new CompiledQuery(columns, (c, f) =>
        {
            var frame = new Frame(c, 1, 0, f);
            var rows = run(c, f).Select(row =>
            {
                frame.Rows[0] = row;
                return (Keys: sorter.KeysOf(frame), Row: row);
            }).ToList();
            return rows.OrderBy(r => r.Keys, sorter).Select(r => r.Row);
        });
    }

    private static SqlColumn[] CommonColumns(List<CompiledQuery> branches)
    {
        var columns = branches[0].Columns.ToArray();
        foreach (var branch in branches.Skip(1))
        {
            if (branch.Columns.Count != columns.Length)
            {
                throw Errors.Of(205, 16, "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.");
            }
            for (var i = 0; i < columns.Length; i++)
            {
                var type = columns[i].Type == branch.Columns[i].Type ? columns[i].Type : TypePrecedence.Common(columns[i].Type, branch.Columns[i].Type);
                columns[i] = columns[i] with { Type = type, IsNullable = columns[i].IsNullable || branch.Columns[i].IsNullable, IsIdentity = false };
            }
        }
        return columns;
    }

    public static Func<BatchContext, Frame?, IEnumerable<object?[]>> Convert(CompiledQuery branch, SqlColumn[] columns)
    {
        if (branch.Columns.Select(c => c.Type).SequenceEqual(columns.Select(c => c.Type)))
        {
            return branch.Run;
        }
        return (context, frame) => branch.Run(context, frame).Select(row =>
        {
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = Conversion.To(row[i], branch.Columns[i].Type, columns[i].Type);
            }
            return row;
        });
    }
}
