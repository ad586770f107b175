using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Queries;

namespace DStream.StandIns.SqlServer.Parsing;

/// <summary>What names mean while a statement is compiled.</summary>
internal sealed class CompileContext(SqlSession session, VariableTable variables)
{
    public SqlSession Session { get; } = session;

    public EngineState Engine => Session.Engine;

    public Database Database => Session.CurrentDatabase;

    public VariableTable Variables { get; } = variables;

    /// <summary>The common table expressions in reach, innermost last.</summary>
    public List<(string Name, CompiledQuery Query)> CommonTables { get; } = [];

    /// <summary>Temp tables and table variables: what was compiled against them serves this session only.</summary>
    public bool UsesSessionTables { get; set; }

    /// <summary>The stored tables that the statement reads or writes, with the hints of each mention.</summary>
    public List<TableRead> Reads { get; } = [];
}
