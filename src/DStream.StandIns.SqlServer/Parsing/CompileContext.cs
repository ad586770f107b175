using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Queries;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Parsing;

/// <summary>What names mean while a statement is compiled.</summary>
internal sealed class CompileContext(SqlSession session, VariableTable variables, Database? database = null)
{
    public SqlSession Session { get; } = session;

    public EngineState Engine => Session.Engine;

    public Database Database { get; } = database ?? session.CurrentDatabase;

    public VariableTable Variables { get; } = variables;

    /// <summary>The common table expressions in reach, innermost last.</summary>
    public List<(string Name, CompiledQuery Query)> CommonTables { get; } = [];

    /// <summary>The same as they were written, for a statement that writes through one.</summary>
    public List<CommonTableExpression> CommonTableNodes { get; } = [];

    /// <summary>Inside of a module: permissions were asked for when it was named (the ownership chain; all modules and tables are dbo's).</summary>
    public bool IsOwned { get; init; }

    /// <summary>Views and functions being compiled: how deep they nest.</summary>
    public int ModuleDepth { get; init; }

    /// <summary>A function of one's own is called: it runs statements, so the statement runs under the gate.</summary>
    public bool CallsFunctions { get; set; }

    /// <summary>Temp tables and table variables: what was compiled against them serves this session only.</summary>
    public bool UsesSessionTables { get; set; }

    /// <summary>OPTION (MAXRECURSION n): how often a recursive part may run; 0 is without end.</summary>
    public int MaxRecursion { get; set; } = RecursiveQuery.DefaultMaximum;

    /// <summary>The stored tables that the statement reads or writes, with the hints of each mention.</summary>
    public List<TableRead> Reads { get; } = [];
}
