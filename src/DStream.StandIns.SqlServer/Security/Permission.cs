namespace DStream.StandIns.SqlServer.Security;

/// <summary>An entry of sys.database_permissions: granted or denied to a principal, on the database, a schema, an object or a column.</summary>
/// <param name="Grantee">User or role.</param>
/// <param name="Name">SELECT and its like, in upper case.</param>
/// <param name="Schema">Null on the whole database.</param>
/// <param name="Object">Null on the whole schema.</param>
/// <param name="Column">Null on the whole object.</param>
/// <param name="IsDenied">DENY, else GRANT.</param>
internal sealed record Permission(string Grantee, string Name, string? Schema, string? Object, string? Column, bool IsDenied)
{
    /// <summary>The same securable and principal, whether granted or denied.</summary>
    public bool IsOver(Permission other) => Same(Grantee, other.Grantee) && Name == other.Name && Same(Schema, other.Schema) && Same(Object, other.Object) && Same(Column, other.Column);

    /// <summary>Whether it is about an object, or about something that holds it.</summary>
    public bool Covers(string schema, string name) => Schema is null || (Same(Schema, schema) && (Object is null || Same(Object, name)));

    public bool IsOnColumn(string column) => Same(Column, column);

    private static bool Same(string? left, string? right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
