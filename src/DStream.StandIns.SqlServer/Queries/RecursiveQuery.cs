using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>A common table expression that names itself: the anchor's rows, then what the recursive part makes of the last step's rows until it makes none.</summary>
internal static class RecursiveQuery
{
    public const int DefaultMaximum = 100;

    public static bool IsRecursive(CommonTableExpression table) => Names(table.QueryExpression, table.ExpressionName.Value);

    public static CompiledQuery Compile(CompileContext context, CommonTableExpression table)
    {
        var name = table.ExpressionName.Value;
        var (anchors, recursive) = Split(table);
        var compiler = new QueryCompiler(context);
        var anchor = anchors.Select(a => compiler.Compile(a, null)).ToArray();
        var columns = anchor[0].Columns.Select((c, i) => c with { Name = table.Columns.Count > i ? table.Columns[i].Value : c.Name, IsNullable = true, IsIdentity = false }).ToArray();
        var key = new object();
        context.CommonTables.Add((name, new CompiledQuery(columns, (run, _) => run.WorkTable(key))));
        var steps = recursive.Select(r => compiler.Compile(r, null)).ToArray();
        context.CommonTables.RemoveAt(context.CommonTables.Count - 1);
        var runs = anchor.Select(a => Fitted(a, columns)).ToArray();
        var stepRuns = steps.Select(s => Fitted(s, columns)).ToArray();
        var maximum = context.MaxRecursion;
        return new CompiledQuery(columns, (run, frame) => Run(run, frame, key, runs, stepRuns, maximum));
    }

    private static IEnumerable<object?[]> Run(
        BatchContext context, Frame? frame, object key, Func<BatchContext, Frame?, IEnumerable<object?[]>>[] anchors, Func<BatchContext, Frame?, IEnumerable<object?[]>>[] steps, int maximum)
    {
        var current = anchors.SelectMany(anchor => anchor(context, frame)).ToList();
        for (var depth = 0; current.Count > 0; depth++)
        {
            foreach (var row in current)
            {
                yield return row;
            }
            context.Attention.ThrowIfCancellationRequested();
            context.SetWorkTable(key, current);
            current = steps.SelectMany(step => step(context, frame)).ToList();
            if (current.Count > 0 && maximum > 0 && depth == maximum)
            {
                throw Errors.Of(530, 16, $"The statement terminated. The maximum recursion {maximum} has been exhausted before statement completion.");
            }
        }
    }

    private static (List<QueryExpression> Anchors, List<QueryExpression> Recursive) Split(CommonTableExpression table)
    {
        var branches = new List<QueryExpression>();
        var node = table.QueryExpression;
        while (node is BinaryQueryExpression { BinaryQueryExpressionType: BinaryQueryExpressionType.Union } union)
        {
            if (!union.All && Names(union.SecondQueryExpression, table.ExpressionName.Value))
            {
                throw Errors.Of(252, 16, $"Recursive common table expression '{table.ExpressionName.Value}' does not contain a top-level UNION ALL operator.");
            }
            branches.Insert(0, union.SecondQueryExpression);
            node = union.FirstQueryExpression;
        }
        branches.Insert(0, node);
        var recursive = branches.FindAll(branch => Names(branch, table.ExpressionName.Value));
        return recursive.Count == branches.Count
            ? throw Errors.Of(246, 16, $"No anchor member was specified for recursive query \"{table.ExpressionName.Value}\".")
            : (branches.FindAll(branch => !recursive.Contains(branch)), recursive);
    }

    private static Func<BatchContext, Frame?, IEnumerable<object?[]>> Fitted(CompiledQuery query, SqlColumn[] columns) => query.Columns.Count != columns.Length
        ? throw Errors.Of(205, 16, "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.")
        : QueryCompiler.Convert(query, columns);

    private static bool Names(QueryExpression node, string name)
    {
        var finder = new NameFinder(name);
        node.Accept(finder);
        return finder.Found;
    }

    private sealed class NameFinder(string name) : TSqlFragmentVisitor
    {
        public bool Found { get; private set; }

        public override void Visit(NamedTableReference node) =>
            Found |= node.SchemaObject.SchemaIdentifier is null && string.Equals(node.SchemaObject.BaseIdentifier.Value, name, StringComparison.OrdinalIgnoreCase);
    }
}
