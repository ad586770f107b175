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
    private readonly int _state;

    private TargetReader(CompileContext context, Scope scope, UpdateDeleteSpecificationBase node)
    {
        Compiler = new ExpressionCompiler(context, scope);
        _state = scope.States++;
        var named = node.Target as NamedTableReference;
        var alias = named?.SchemaObject is { SchemaIdentifier: null } only ? only.BaseIdentifier.Value : null;
        (Database, Table) = Resolve(context, node, named, alias);
        var read = new TableRead(Database, Table, TableAccess.Of(Hints(node, alias)), IsTarget: true);
        context.Reads.Add(read);
        var target = new TargetSource(read, _state);
        var readable = Access.Readable(context.Session, Database, Table, target.Columns);
        SourceNode? found = null;
        var compiler = new FromCompiler(context, scope)
        {
            // UPDATE p SET ... FROM dbo.Persons AS p: the alias, or the same name, is the target.
            Target = reference => found is null && IsTarget(reference, named, alias) ? found = New(reference.Alias?.Value ?? reference.SchemaObject.BaseIdentifier.Value) : null,
        };
        SourceNode New(string name) => new(scope.Add(name, named?.SchemaObject.SchemaIdentifier?.Value ?? "dbo", readable), target);
        var where = node.WhereClause?.SearchCondition;
        if (node.FromClause is null)
        {
            found = New(named?.Alias?.Value ?? named?.SchemaObject.BaseIdentifier.Value ?? ((VariableTableReference)node.Target).Variable.Name);
            _from = compiler.Plan(found, where);
        }
        else
        {
            _from = compiler.Compile(node.FromClause, where)!;
        }
        Target = (found ?? throw Errors.Unsupported("a FROM clause without the target")).ScopeSource;
        _where = where is null ? null : Compiler.Compile(where);
        _top = node.TopRowFilter is null ? null : Compiler.Compile(node.TopRowFilter.Expression).ConvertTo(SqlTypes.BigInt).Eval;
        Scope = scope;
    }

    public Database Database { get; }

    public Table Table { get; }

    public ExpressionCompiler Compiler { get; }

    public ScopeSource Target { get; }

    private Scope Scope { get; }

    public static TargetReader Compile(CompileContext context, UpdateDeleteSpecificationBase node) => new(context, new Scope(null), node);

    /// <summary>The slots, with the frame as it is at each: use it before taking the next.</summary>
    public IEnumerable<(RowSlot Slot, Frame Frame)> Read(BatchContext context)
    {
        var frame = new Frame(context, Scope.Sources.Count, Scope.States, null);
        var seen = new HashSet<RowSlot>();
        var left = (long?)_top?.Invoke(frame) ?? long.MaxValue;
        foreach (var _ in left > 0 ? _from.Open(frame) : [])
        {
            if ((_where is null || _where(frame) == Truth.True) && frame.States[_state] is RowSlot slot
                && !ReferenceEquals(frame.Rows[Target.Ordinal], null) && seen.Add(slot))
            {
                yield return (slot, frame);
                if (--left == 0)
                {
                    yield break;
                }
            }
        }
    }

    // UPDATE t WITH (...) as well as UPDATE t ... FROM dbo.T AS t WITH (...).
    private static IList<TableHint> Hints(UpdateDeleteSpecificationBase node, string? alias)
    {
        var finder = new AliasFinder(alias);
        node.FromClause?.Accept(finder);
        return [.. (node.Target as NamedTableReference)?.TableHints ?? [], .. finder.Found?.TableHints ?? []];
    }

    private static bool IsTarget(NamedTableReference reference, NamedTableReference? target, string? alias) => reference.Alias is { } own
        ? string.Equals(own.Value, alias, StringComparison.OrdinalIgnoreCase)
        : target is not null && string.Equals(reference.SchemaObject.BaseIdentifier.Value, target.SchemaObject.BaseIdentifier.Value, StringComparison.OrdinalIgnoreCase);

    private static (Database, Table) Resolve(CompileContext context, UpdateDeleteSpecificationBase node, NamedTableReference? named, string? alias)
    {
        if (node.Target is VariableTableReference variable)
        {
            context.UsesSessionTables = true;
            return (context.Engine.Databases["tempdb"], context.Session.TempTables.GetValueOrDefault(variable.Variable.Name)
                ?? throw Errors.Of(1087, 15, $"Must declare the table variable \"{variable.Variable.Name}\".", 2));
        }
        var finder = new AliasFinder(alias);
        node.FromClause?.Accept(finder);
        return ObjectResolver.Stored(context, (finder.Found ?? named ?? throw Errors.Unsupported("this target")).SchemaObject);
    }

    private sealed class AliasFinder(string? alias) : TSqlFragmentVisitor
    {
        public NamedTableReference? Found { get; private set; }

        public override void ExplicitVisit(QueryDerivedTable node)
        {
            // Aliases inside a derived table are its own.
        }

        public override void ExplicitVisit(NamedTableReference node)
        {
            if (alias is not null && string.Equals(node.Alias?.Value, alias, StringComparison.OrdinalIgnoreCase))
            {
                Found ??= node;
            }
        }
    }
}
