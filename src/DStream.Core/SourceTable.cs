namespace DStream.Core;

/// <summary>A table and where it lives: the name under which its checkpoint, its lease and its messages go.</summary>
/// <param name="Server">Host of the server as configured, without protocol and port.</param>
/// <param name="Database">Database.</param>
/// <param name="Table">Schema and table.</param>
public sealed record SourceTable(string Server, string Database, TableName Table)
{
    /// <summary><c>server/database/schema.table</c>.</summary>
    public override string ToString() => $"{Server}/{Database}/{Table}";
}
