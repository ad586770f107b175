using DStream.StandIns.SqlServer.Catalog;

namespace DStream.StandIns.SqlServer.Security;

/// <summary>Whom EXECUTE AS made of a session: another login, or a user of one database.</summary>
internal sealed record Impersonation(string? Login, Database? Database, string? User);
