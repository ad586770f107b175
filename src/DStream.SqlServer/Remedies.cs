using DStream.Core;

namespace DStream.SqlServer;

/// <summary>The statements that an administrator must run, whole and ready to be copied.</summary>
/// <param name="database">Where.</param>
/// <param name="user">DStream's user in the database; null where the connection string names none.</param>
internal sealed class Remedies(string database, string? user)
{
    private readonly string _user = CaptureInstance.Quote(user is { Length: > 0 } ? user : "DStream's database user");

    // A connection string may leave the database to the login's default.
    private string Use => database.Length == 0 ? "In the source database:" : $"USE {CaptureInstance.Quote(database)};";

    public string EnableDatabase => $"{Use} EXEC sys.sp_cdc_enable_db;";

    public string ReadMetadata => $"{Use} GRANT SELECT ON SCHEMA::[cdc] TO {_user};";

    public string Upgrade => $"{Use} EXEC sys.sp_vupgrade_replication; or set read_mode = \"function\".";

    public string CreateTable(TableName table) =>
        $"correct the name, create {table.Quoted}, or let DStream see it: {Use} GRANT SELECT ON OBJECT::{table.Quoted} TO {_user};";

    public string EnableTable(TableName table) =>
        $"{Use} EXEC sys.sp_cdc_enable_table @source_schema = {Literal(table.Schema)}, @source_name = {Literal(table.Table)}, @role_name = NULL;";

    public string ReadChangeTable(CaptureInstance instance) => $"{Use} GRANT SELECT ON OBJECT::{instance.ChangeTable} TO {_user};";

    public string ReadFunction(CaptureInstance instance)
    {
        var grants = $"{Use} GRANT SELECT ON OBJECT::{instance.Table.Quoted} TO {_user}; GRANT SELECT ON OBJECT::{instance.Function} TO {_user};";
        return instance.RoleName is { } role ? $"{grants} ALTER ROLE {CaptureInstance.Quote(role)} ADD MEMBER {_user};" : grants;
    }

    private static string Literal(string text) => "N'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
