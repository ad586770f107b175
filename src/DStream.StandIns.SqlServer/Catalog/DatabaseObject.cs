using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>An entry of sys.objects that has columns: a user table, a change table, a table of the cdc schema.</summary>
internal sealed record DatabaseObject(
    int Id, string Schema, string Name, IReadOnlyList<ObjectColumn> Columns, bool IsSystem, Table? Table, DateTime Created)
{
    /// <summary>sys.objects.type and type_desc.</summary>
    public string Type { get; init; } = "U ";

    public string TypeName { get; init; } = "USER_TABLE";
}

/// <summary>An entry of sys.columns.</summary>
internal sealed record ObjectColumn(string Name, int Id, SqlType Type, bool IsNullable, bool IsIdentity = false, bool IsComputed = false, TableColumn? Stored = null);
