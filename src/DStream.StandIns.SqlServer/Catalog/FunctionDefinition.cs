using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Types;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>A function of one's own: scalar (it has a return type), inline (it has a query) or of several statements (it fills a table variable).</summary>
internal sealed record FunctionDefinition(
    string Schema, string Name, int ObjectId, DateTime Created, string Text, IReadOnlyList<ModuleParameter> Parameters, Batch? Body, SqlType? Returns,
    SelectStatement? Query, DeclareTableVariableBody? Table) : IModule
{
    public string Type => Returns is not null ? "FN" : Query is not null ? "IF" : "TF";

    public string TypeName => Returns is not null ? "SQL_SCALAR_FUNCTION" : Query is not null ? "SQL_INLINE_TABLE_VALUED_FUNCTION" : "SQL_TABLE_VALUED_FUNCTION";
}
