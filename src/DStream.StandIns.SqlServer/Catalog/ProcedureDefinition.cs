using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Types;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>A stored procedure of one's own.</summary>
internal sealed record ProcedureDefinition(
    string Schema, string Name, int ObjectId, DateTime Created, string Text, IReadOnlyList<ModuleParameter> Parameters, Batch Body) : IModule
{
    public string Type => "P ";

    public string TypeName => "SQL_STORED_PROCEDURE";
}

/// <summary>A parameter of a procedure or function.</summary>
internal sealed record ModuleParameter(string Name, SqlType Type, ScalarExpression? Default, bool IsOutput);
