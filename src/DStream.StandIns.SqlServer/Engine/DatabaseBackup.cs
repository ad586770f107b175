namespace DStream.StandIns.SqlServer.Engine;

/// <summary>A database as it was when <see cref="SqlServerEngine.BackUp"/> was called, the log that capture had not read included.</summary>
public sealed class DatabaseBackup
{
    internal DatabaseBackup(string database, DateTimeOffset taken, DatabaseContents contents) => (Database, Taken, Contents) = (database, taken, contents);

    public string Database { get; }

    public DateTimeOffset Taken { get; }

    internal DatabaseContents Contents { get; }
}
