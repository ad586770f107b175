using DStream.StandIns.SqlServer.Types;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>A view: its query, compiled in place wherever it is named.</summary>
internal sealed record ViewDefinition(string Schema, string Name, int ObjectId, DateTime Created, string Text, SelectStatement Select, IList<Identifier> Columns, Database Database) : IModule
{
    public QueryExpression Query => Select.QueryExpression;

    /// <summary>Its columns as they were when it was made.</summary>
    public IReadOnlyList<SqlColumn> Shape { get; init; } = [];

    public string Type => "V ";

    public string TypeName => "VIEW";
}
