using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>Compiles the FROM clause: names to sources, joins to nodes, conditions to ranges.</summary>
internal sealed class FromCompiler(CompileContext context, Scope scope)
{
    private readonly ExpressionCompiler _expressions = new(context, scope);
    private readonly List<(JoinNode Node, BooleanExpression? On)> _joins = [];
    private readonly List<(FullJoinNode Node, BooleanExpression On)> _fullJoins = [];

    /// <summary>The target of an UPDATE or DELETE that the FROM clause names too; it is read in place of a second look at the table.</summary>
    public Func<TableReference, SourceNode?>? Target { get; init; }

    public RowNode? Compile(FromClause? from, BooleanExpression? where, RowNode? root = null)
    {
        foreach (var reference in from?.TableReferences ?? [])
        {
            var node = Build(reference);
            root = root is null ? node : Join(root, node, null, false);
        }
        return root is null ? null : Plan(root, where);
    }

    public RowNode Join(RowNode left, RowNode right, BooleanExpression? on, bool isOuter)
    {
        var join = new JoinNode(left, right, null, isOuter);
        foreach (var leaf in isOuter ? right.Leaves : [])
        {
            leaf.ScopeSource.IsNullExtended = true;
        }
        _joins.Add((join, on));
        return join;
    }

    private FullJoinNode FullJoin(RowNode left, RowNode right, BooleanExpression on)
    {
        var join = new FullJoinNode(left, right);
        foreach (var leaf in join.Leaves)
        {
            leaf.ScopeSource.IsNullExtended = true;
        }
        _fullJoins.Add((join, on));
        return join;
    }

    /// <summary>With all names known: ranges for the sources, and filters as early as they can be.</summary>
    public RowNode Plan(RowNode root, BooleanExpression? where)
    {
        var planner = new SeekPlanner(_expressions);
        var conjuncts = SeekPlanner.Conjuncts(where).ToArray();
        var whereConditions = planner.Conditions(conjuncts).ToArray();
        var first = root;
        while (first is JoinNode or FullJoinNode)
        {
            first = first is JoinNode join ? join.Left : ((FullJoinNode)first).Left;
        }
        if (first is SourceNode source)
        {
            SeekPlanner.Plan(source, whereConditions, 0);
            foreach (var conjunct in conjuncts)
            {
                var (filter, sources) = planner.Track(() => _expressions.Compile(conjunct));
                // Before a FULL JOIN a row that the filter leaves out would still match the other side.
                if (sources == source.Sources && _fullJoins.Count == 0)
                {
                    source.Filter = source.Filter is null ? filter : ExpressionCompiler.And(source.Filter, filter);
                }
            }
        }
        foreach (var (join, on) in _joins)
        {
            PlanJoin(planner, join, on, whereConditions);
        }
        foreach (var (join, on) in _fullJoins)
        {
            join.On = _expressions.Compile(on);
        }
        return root;
    }

    private void PlanJoin(SeekPlanner planner, JoinNode join, BooleanExpression? on, SeekPlanner.Condition[] whereConditions)
    {
        var conditions = planner.Conditions(SeekPlanner.Conjuncts(on)).ToList();
        if (!join.IsOuter)
        {
            conditions.AddRange(whereConditions);
        }
        join.On = on is null ? null : _expressions.Compile(on);
        if (join.Right is not SourceNode right || right.Source is LateralSource)
        {
            return;
        }
        SeekPlanner.Plan(right, conditions, join.Left.Sources);
        if (right.Seek is { } seek && right.Path is { IsUnique: true } path && seek.PrefixLength == path.Columns.Length)
        {
            join.Right = new LookupNode(right, scope.States++);
        }
        else if (right.Seek is null && conditions.Find(c => c.Source == right.ScopeSource.Ordinal && c.Op == BooleanComparisonType.Equals
            && c.ValueSources != 0 && (c.ValueSources & ~join.Left.Sources) == 0) is { } equal)
        {
            var (key, probe, order) = ExpressionCompiler.Comparable(equal.ColumnExpr, equal.Value);
            join.Right = new HashNode(right, probe, key, order, scope.States++);
        }
    }

    private RowNode Build(TableReference reference)
    {
        switch (reference)
        {
            case JoinParenthesisTableReference inner:
                return Build(inner.Join);
            case QualifiedJoin { QualifiedJoinType: QualifiedJoinType.RightOuter } join:
                var (outer, preserved) = (Build(join.FirstTableReference), Build(join.SecondTableReference));
                return Join(preserved, outer, join.SearchCondition, isOuter: true);
            case QualifiedJoin { QualifiedJoinType: QualifiedJoinType.FullOuter }:
                var full = (QualifiedJoin)reference;
                return FullJoin(Build(full.FirstTableReference), Build(full.SecondTableReference), full.SearchCondition);
            case QualifiedJoin join:
                return Join(Build(join.FirstTableReference), Build(join.SecondTableReference), join.SearchCondition,
                    join.QualifiedJoinType == QualifiedJoinType.LeftOuter);
            case UnqualifiedJoin { UnqualifiedJoinType: UnqualifiedJoinType.CrossJoin } join:
                return Join(Build(join.FirstTableReference), Build(join.SecondTableReference), null, false);
            case UnqualifiedJoin apply:
                var left = Build(apply.FirstTableReference);
                return Join(left, Lateral(apply.SecondTableReference), null, apply.UnqualifiedJoinType == UnqualifiedJoinType.OuterApply);
            default:
                return Source(reference);
        }
    }

    private SourceNode Lateral(TableReference reference)
    {
        switch (reference)
        {
            case QueryDerivedTable derived:
                return Leaf(derived, new LateralSource(Named(new QueryCompiler(context).Compile(derived.QueryExpression, scope), derived.Columns)));
            case InlineDerivedTable values:
                return Leaf(values, new LateralSource(ValuesQuery.Compile(_expressions, values, lateral: true)));
            default:
                return Source(reference);
        }
    }

    private SourceNode Source(TableReference reference)
    {
        if (Target?.Invoke(reference) is { } target)
        {
            return target;
        }
        switch (reference)
        {
            case NamedTableReference named:
                return Named(named);
            case QueryDerivedTable derived:
                return Leaf(derived, new QuerySource(Named(new QueryCompiler(context).Compile(derived.QueryExpression, scope.Parent), derived.Columns)));
            case InlineDerivedTable values:
                return Leaf(values, new QuerySource(ValuesQuery.Compile(new ExpressionCompiler(context, new Scope(scope.Parent)), values, lateral: false)));
            case SchemaObjectFunctionTableReference function:
                return Leaf(function, TableFunctions.Compile(context, _expressions, function));
            case GlobalFunctionTableReference function:
                return Leaf(function, TableFunctions.CompileGlobal(context, _expressions, function));
            case OpenJsonTableReference json:
                return Leaf(json, OpenJson.Compile(_expressions, json));
            case PivotedTableReference pivot:
                return Leaf(pivot, new QuerySource(PivotSource.Pivot(context, pivot)));
            case UnpivotedTableReference unpivot:
                return Leaf(unpivot, new QuerySource(PivotSource.Unpivot(context, unpivot)));
            case VariableTableReference variable:
                context.UsesSessionTables = true;
                var table = context.Session.TempTables.GetValueOrDefault(variable.Variable.Name)
                    ?? throw Errors.UndeclaredTable(variable.Variable.Name);
                return Add(variable.Alias?.Value ?? variable.Variable.Name, null, new StoredTableSource(table));
            default:
                throw Errors.Unsupported($"table reference {reference.GetType().Name}");
        }
    }

    private SourceNode Named(NamedTableReference named)
    {
        var name = named.SchemaObject;
        var alias = named.Alias?.Value ?? name.BaseIdentifier.Value;
        if (name.SchemaIdentifier is null && context.CommonTables.FindLast(c =>
            string.Equals(c.Name, name.BaseIdentifier.Value, StringComparison.OrdinalIgnoreCase)) is { Query: { } common })
        {
            return Add(alias, null, new QuerySource(common));
        }
        if (ObjectResolver.View(context, name) is { } view)
        {
            var rows = new QuerySource(ModuleCompiler.View(context, view));
            return new SourceNode(scope.Add(alias, view.Schema, ObjectResolver.Readable(context, name, rows)), rows);
        }
        var source = ObjectResolver.Find(context, name, TableAccess.Of(named.TableHints));
        return new SourceNode(scope.Add(alias, name.SchemaIdentifier?.Value ?? "dbo", ObjectResolver.Readable(context, name, source)), source);
    }

    private SourceNode Leaf(TableReferenceWithAlias reference, RowSource source) => Add(reference.Alias?.Value, null, source);

    public SourceNode Add(string? alias, string? schema, RowSource source) => new(scope.Add(alias, schema, source.Columns), source);

    private static CompiledQuery Named(CompiledQuery query, IList<Identifier> columns) =>
        columns.Count == 0 ? query : query with { Columns = query.Columns.Select((c, i) => c with { Name = columns[i].Value }).ToArray() };
}
