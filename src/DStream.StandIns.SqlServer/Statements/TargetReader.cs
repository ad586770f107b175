using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Finds the rows that an UPDATE or a DELETE means, each once.</summary>
internal sealed class TargetReader
{
    private readonly RowNode _from;
    private readonly Predicate? _where;
    private readonly Scalar? _top;
    private readonly bool _topIsPercent;
    private readonly int _state;

    private TargetReader(CompileContext context, Scope scope, UpdateDeleteSpecificationBase node)
    {
        Compiler = new ExpressionCompiler(context, scope);
        _state = scope.States++;
        var named = node.Target as NamedTableReference;
        var alias = named?.SchemaObject is { SchemaIdentifier: null } only ? only.BaseIdentifier.Value : null;
        var finder = new AliasFinder(alias);
        node.FromClause?.Accept(finder);
        var rows = Rows(context, node, finder.Found ?? node.Target);
        var readable = Columns is null ? Access.Readable(context, Database, Table, rows.Columns) : rows.Columns;
        SourceNode? found = null;
        var compiler = new FromCompiler(context, scope)
        {
            // UPDATE p SET ... FROM dbo.Persons AS p: the alias, or the same name, is the target.
            Target = reference => found is null && IsTarget(reference, named, alias) ? found = New(NameOf(reference)) : null,
        };
        SourceNode New(string name) => new(scope.Add(name, named?.SchemaObject.SchemaIdentifier?.Value ?? "dbo", readable), rows);
        var where = node.WhereClause?.SearchCondition;
        if (node.FromClause is null)
        {
            found = New(NameOf(node.Target));
            _from = compiler.Plan(found, where);
        }
        else
        {
            _from = compiler.Compile(node.FromClause, where)!;
        }
        Target = (found ?? throw Errors.Unsupported("a FROM clause without the target")).ScopeSource;
        _where = where is null ? null : Compiler.Compile(where);
        _top = node.TopRowFilter is null ? null : Compiler.Compile(node.TopRowFilter.Expression).ConvertTo(SqlTypes.BigInt).Eval;
        _topIsPercent = node.TopRowFilter?.Percent ?? false;
        Scope = scope;
    }

    public Database Database { get; private set; } = null!;

    public Table Table { get; private set; } = null!;

    /// <summary>Where the target is a query over the table: the table's column behind each of its columns, or -1.</summary>
    public int[]? Columns { get; private set; }

    public ExpressionCompiler Compiler { get; }

    public ScopeSource Target { get; }

    public Scope Scope { get; }

    public static TargetReader Compile(CompileContext context, UpdateDeleteSpecificationBase node) => new(context, new Scope(null), node);

    /// <summary>The slots, with the frame as it is at each: use it before taking the next.</summary>
    public IEnumerable<(RowSlot Slot, Frame Frame)> Read(BatchContext context)
    {
        var frame = new Frame(context, Scope.Sources.Count, Scope.States, null);
        var left = (long?)_top?.Invoke(frame) ?? long.MaxValue;
        if (_topIsPercent)
        {
            left = (long)Math.Ceiling(Matches(new Frame(context, Scope.Sources.Count, Scope.States, null)).LongCount() * left / 100.0);
        }
        left = context.Session.Settings.Limit(left);
        if (left <= 0)
        {
            yield break;
        }
        foreach (var slot in Matches(frame))
        {
            yield return (slot, frame);
            if (--left == 0)
            {
                yield break;
            }
        }
    }

    private IEnumerable<RowSlot> Matches(Frame frame)
    {
        var seen = new HashSet<RowSlot>();
        foreach (var _ in _from.Open(frame))
        {
            if ((_where is null || _where(frame) == Truth.True) && frame.States[_state] is RowSlot slot
                && !ReferenceEquals(frame.Rows[Target.Ordinal], null) && seen.Add(slot))
            {
                yield return slot;
            }
        }
    }

    private RowSource Rows(CompileContext context, UpdateDeleteSpecificationBase node, TableReference reference)
    {
        if (QueryOf(context, reference) is var (query, names))
        {
            var updatable = UpdatableQuery.Compile(context, query, names, _state);
            (Database, Table, Columns) = (updatable.Database, updatable.Table, updatable.TableColumns);
            return updatable;
        }
        (Database, Table) = ObjectResolver.Target(context, reference);
        // UPDATE t WITH (...) as well as UPDATE t ... FROM dbo.T AS t WITH (...).
        TableHint[] hints = [.. (node.Target as NamedTableReference)?.TableHints ?? [], .. reference == node.Target ? [] : (reference as NamedTableReference)?.TableHints ?? []];
        var read = new TableRead(Database, Table, TableAccess.Of(hints), IsTarget: true);
        context.Reads.Add(read);
        return new TargetSource(read, _state);
    }

    private static (QueryExpression Query, IList<Identifier> Names)? QueryOf(CompileContext context, TableReference reference)
    {
        switch (reference)
        {
            case QueryDerivedTable derived:
                return (derived.QueryExpression, derived.Columns);
            case NamedTableReference { SchemaObject: var name } when name.SchemaIdentifier is null
                && context.CommonTableNodes.FindLast(c => string.Equals(c.ExpressionName.Value, name.BaseIdentifier.Value, StringComparison.OrdinalIgnoreCase)) is { } common:
                return (common.QueryExpression, common.Columns);
            case NamedTableReference { SchemaObject: var name } when ObjectResolver.View(context, name) is { } view:
                return (view.Query, view.Columns);
            default:
                return null;
        }
    }

    private static string NameOf(TableReference reference) => (reference as TableReferenceWithAlias)?.Alias?.Value ?? reference switch
    {
        NamedTableReference named => named.SchemaObject.BaseIdentifier.Value,
        VariableTableReference variable => variable.Variable.Name,
        _ => "",
    };

    private static bool IsTarget(TableReference reference, NamedTableReference? target, string? alias) => reference switch
    {
        TableReferenceWithAlias { Alias: { } own } => string.Equals(own.Value, alias, StringComparison.OrdinalIgnoreCase),
        NamedTableReference named => target is not null && string.Equals(named.SchemaObject.BaseIdentifier.Value, target.SchemaObject.BaseIdentifier.Value, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private sealed class AliasFinder(string? alias) : TSqlFragmentVisitor
    {
        public TableReference? Found { get; private set; }

        public override void ExplicitVisit(QueryDerivedTable node)
        {
            // Aliases inside a derived table are its own.
            Take(node);
        }

        public override void ExplicitVisit(NamedTableReference node) => Take(node);

        public override void ExplicitVisit(VariableTableReference node) => Take(node);

        private void Take(TableReferenceWithAlias node)
        {
            if (alias is not null && string.Equals(node.Alias?.Value, alias, StringComparison.OrdinalIgnoreCase))
            {
                Found ??= node;
            }
        }
    }
}
