using System.Collections.Concurrent;
using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Types;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Parsing;

/// <summary>A parsed batch with its variables, and what of it is compiled. Sessions share it; compiled parts go stale with the schema.</summary>
internal sealed class Batch
{
    private readonly ConcurrentDictionary<TSqlFragment, Plan> _plans = new();

    public Batch(IReadOnlyList<TSqlStatement> statements, IEnumerable<(string Name, SqlType Type)> parameters)
    {
        Statements = statements;
        foreach (var (name, type) in parameters)
        {
            Variables.Declare(name, type);
        }
        var collector = new Declarations(Variables);
        foreach (var statement in statements)
        {
            statement.Accept(collector);
        }
    }

    public IReadOnlyList<TSqlStatement> Statements { get; }

    public VariableTable Variables { get; } = new();

    /// <summary>The body of a procedure or function of one's own: what it names is its owner's, and callers need no permission on it.</summary>
    public bool IsModule { get; init; }

    /// <summary>The compiled form of a piece of syntax, from the last time if nothing changed since.</summary>
    public T Compiled<T>(Engine.SqlSession session, TSqlFragment node, Func<CompileContext, T> compile)
        where T : class
    {
        var (version, database, identity) = (session.Engine.SchemaVersion, session.CurrentDatabase, session.Identity);
        if (_plans.TryGetValue(node, out var plan) && plan.Version == version && plan.Database == database && plan.Identity == identity)
        {
            return (T)plan.Compiled;
        }
        var context = new CompileContext(session, Variables) { IsOwned = IsModule };
        var compiled = compile(context);
        if (!context.UsesSessionTables)
        {
            _plans[node] = new Plan(version, database, identity, compiled);
        }
        return compiled;
    }

    private sealed record Plan(long Version, Database Database, string Identity, object Compiled);

    private sealed class Declarations(VariableTable variables) : TSqlFragmentVisitor
    {
        public override void ExplicitVisit(DeclareVariableStatement node)
        {
            foreach (var declaration in node.Declarations)
            {
                variables.Declare(declaration.VariableName.Value, DataTypes.Resolve(declaration.DataType));
            }
        }
    }
}
