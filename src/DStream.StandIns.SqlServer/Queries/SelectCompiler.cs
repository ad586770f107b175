using System.Globalization;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>Compiles one SELECT ... FROM ... WHERE ... GROUP BY ... HAVING ... ORDER BY.</summary>
internal sealed class SelectCompiler
{
    private readonly CompileContext _context;
    private readonly Scope _scope;
    private readonly ExpressionCompiler _compiler;

    /// <summary>The one table of the query that a statement writes through it, and how it reads it.</summary>
    public (NamedTableReference Reference, TableRead Read)? Updatable { get; init; }

    /// <summary>The table's column behind each output, or -1; where <see cref="Updatable"/> is given.</summary>
    public int[] TableColumns { get; private set; } = [];

    public SelectCompiler(CompileContext context, Scope? parent)
    {
        _context = context;
        _scope = new Scope(parent);
        _compiler = new ExpressionCompiler(context, _scope);
    }

    public CompiledQuery Compile(QuerySpecification node)
    {
        if (node.ForClause is not (null or JsonForClause or BrowseForClause or ReadOnlyForClause))
        {
            throw Errors.Unsupported(node.ForClause is UpdateForClause ? "a cursor FOR UPDATE" : "FOR XML");
        }
        if (node.ForClause is JsonForClause { Options: var options } && options.Any(o => o.OptionKind == JsonForClauseOptions.Auto) && node.FromClause?.TableReferences is not [NamedTableReference])
        {
            throw Errors.Unsupported("FOR JSON AUTO over more than one table");
        }
        var where = node.WhereClause?.SearchCondition;
        UpdatableQuery.Slots? slots = null;
        var from = new FromCompiler(_context, _scope)
        {
            Target = Updatable is not var (updated, read) ? null : reference => reference != updated ? null
                : new FromCompiler(_context, _scope).Add(updated.Alias?.Value ?? read.Table.Name, read.Table.Schema, slots = new UpdatableQuery.Slots(read, _scope.States++)),
        }.Compile(node.FromClause, where);
        var filter = where is null ? null : _compiler.Compile(where);
        var grouping = IsGrouped(node) ? new Grouping(_compiler, node.GroupByClause) : null;
        var windows = new Windows(_compiler);
        var inputs = _scope.Sources.Count - (grouping is null ? 0 : 1);
        _scope.Substitute = expression => grouping?.Substitute(expression) ?? windows.Substitute(expression);
        var having = node.HavingClause is null ? null : _compiler.Compile(node.HavingClause.SearchCondition);
        var outputs = Outputs(node.SelectElements, inputs);
        if (slots is not null)
        {
            TableColumns = outputs.Select(o => o.Value.Column is (0, var column) ? column : -1).ToArray();
            outputs.Add(("", new Expr(SqlTypes.BigInt, slots.SlotOf(0))));
        }
        var order = OrderKeys(node, outputs);
        _scope.Substitute = null;
        var plan = new SelectPlan
        {
            Scope = _scope,
            From = from,
            Where = filter,
            Grouping = grouping,
            Windows = windows.IsEmpty ? null : windows,
            Having = having,
            Outputs = outputs.Select(o => o.Value.Eval).ToArray(),
            Distinct = node.UniqueRowFilter == UniqueRowFilter.Distinct ? new RowEquality(outputs.Select(o => o.Value.Type)) : null,
            OrderKeys = order,
            SortedKeys = grouping is null && windows.IsEmpty ? SortedPrefix(from, order) : 0,
            Top = Count(node.TopRowFilter?.Expression),
            TopIsPercent = node.TopRowFilter?.Percent ?? false,
            WithTies = node.TopRowFilter?.WithTies ?? false,
            Offset = Count(node.OffsetClause?.OffsetExpression),
            Fetch = Count(node.OffsetClause?.FetchExpression),
        };
        var columns = outputs.Select(o => new SqlColumn(o.Name, o.Value.Type, o.Value.IsNullable, o.Value.IsIdentity)).ToArray();
        var query = new CompiledQuery(columns, plan.Run);
        return node.ForClause is JsonForClause json ? ForJson.Wrap(query, json) : query;
    }

    private Scalar? Count(ScalarExpression? node) => node is null ? null : _compiler.Compile(node).ConvertTo(SqlTypes.BigInt).Eval;

    private static bool IsGrouped(QuerySpecification node)
    {
        if (node.GroupByClause is not null || node.HavingClause is not null)
        {
            return true;
        }
        var finder = new AggregateFinder();
        foreach (var element in node.SelectElements)
        {
            element.Accept(finder);
        }
        node.OrderByClause?.Accept(finder);
        return finder.Found;
    }

    private List<(string Name, Expr Value)> Outputs(IList<SelectElement> elements, int inputs)
    {
        var outputs = new List<(string, Expr)>();
        foreach (var element in elements)
        {
            switch (element)
            {
                case SelectScalarExpression scalar:
                    outputs.Add((NameOf(scalar), _compiler.Compile(scalar.Expression)));
                    break;
                case SelectStarExpression star:
                    outputs.AddRange(Star(star, inputs));
                    break;
                case SelectSetVariable assignment:
                    outputs.Add(("", Assignment(assignment)));
                    break;
                default:
                    throw Errors.Unsupported($"select element {element.GetType().Name}");
            }
        }
        return outputs;
    }

    private Expr Assignment(SelectSetVariable node)
    {
        var (ordinal, type) = _context.Variables.Find(node.Variable.Name) ?? throw Errors.UndeclaredVariable(node.Variable.Name);
        var value = _compiler.Compile(node.Expression);
        if (Assignments.Operator(node.AssignmentKind) is { } op)
        {
            value = ExpressionCompiler.Binary(op, _compiler.Variable(node.Variable.Name), value);
        }
        var eval = value.ConvertTo(type).Eval;
        return new Expr(type, frame => frame.Context.Variables[ordinal] = eval(frame));
    }

    private IEnumerable<(string, Expr)> Star(SelectStarExpression star, int inputs)
    {
        var qualifier = star.Qualifier?.Identifiers[^1].Value;
        var found = false;
        foreach (var source in _scope.Sources.Take(inputs))
        {
            if (qualifier is not null && !source.Matches(null, qualifier))
            {
                continue;
            }
            found = true;
            for (var i = 0; i < source.Columns.Count; i++)
            {
                yield return (source.Columns[i].Name, ExpressionCompiler.Reference(0, source, i));
            }
        }
        if (!found)
        {
            throw Errors.Of(107, 15, $"The column prefix '{qualifier}' does not match with a table name or alias name used in the query.");
        }
    }

    private static string NameOf(SelectScalarExpression node) => node.ColumnName?.Value
        ?? (node.Expression is ColumnReferenceExpression column ? column.MultiPartIdentifier.Identifiers[^1].Value : "");

    private SortKey[] OrderKeys(QuerySpecification node, List<(string Name, Expr Value)> outputs)
    {
        return (node.OrderByClause?.OrderByElements ?? []).Select(element =>
        {
            var value = element.Expression switch
            {
                IntegerLiteral ordinal => outputs[int.Parse(ordinal.Value, CultureInfo.InvariantCulture) - 1].Value,
                ColumnReferenceExpression { MultiPartIdentifier.Identifiers: [var name] }
                    when outputs.Find(o => string.Equals(o.Name, name.Value, StringComparison.OrdinalIgnoreCase)).Value is { } aliased => aliased,
                _ => _compiler.Compile(element.Expression),
            };
            return new SortKey(value, element.SortOrder == SortOrder.Descending);
        }).ToArray();
    }

    /// <summary>How many of the first sort keys the rows come sorted by already.</summary>
    private static int SortedPrefix(RowNode? from, SortKey[] keys)
    {
        if (from is null)
        {
            return 0;
        }
        var order = from.Order;
        var count = 0;
        while (count < keys.Length && count < order.Count && !keys[count].IsDescending && keys[count].Value.Column == order[count])
        {
            count++;
        }
        return count == order.Count && from.OrderIsUnique ? keys.Length : count;
    }

    private sealed class AggregateFinder : TSqlFragmentVisitor
    {
        public bool Found { get; private set; }

        public override void ExplicitVisit(ScalarSubquery node)
        {
            // An aggregate inside a subquery groups the subquery.
        }

        public override void ExplicitVisit(FunctionCall node)
        {
            if (node.OverClause is null && node.CallTarget is null && Aggregates.IsAggregate(node.FunctionName.Value))
            {
                Found = true;
                return;
            }
            base.ExplicitVisit(node);
        }
    }
}
