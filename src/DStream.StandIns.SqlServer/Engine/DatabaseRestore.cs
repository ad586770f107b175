using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Cdc;

namespace DStream.StandIns.SqlServer.Engine;

/// <summary>
/// Takes a database back to a backup: the log begins again at the backup's place under another recovery fork, so that numbers it has
/// given since are given again, to other changes. Runs under the gate.
/// </summary>
internal static class DatabaseRestore
{
    public static DatabaseBackup BackUp(Database database) => new(database.Name, database.Engine.Time.GetUtcNow(), new DatabaseContents(
        [.. database.Tables.Values.Select(table => (table, table.Save()))], [.. database.Modules], [.. database.Schemas], database.Security, database.Log.Save(), database.Cdc?.Save()));

    public static void Run(Database database, DatabaseContents backup, bool keepCdc)
    {
        var engine = database.Engine;
        if (engine.Sessions.Values.Any(session => session.Transaction is { } open && open.Slots.Exists(slot => database.Tables.ContainsValue(slot.Table))))
        {
            throw new InvalidOperationException($"Database {database.Name} is in use: end the transactions that wrote to it before it is restored.");
        }
        engine.CommitSequence++;
        database.Tables.Clear();
        foreach (var (table, contents) in backup.Tables)
        {
            table.Load(contents, engine.CommitSequence);
            database.Tables.Add((table.Schema, table.Name), table);
        }
        database.Modules.Clear();
        foreach (var (name, module) in backup.Modules)
        {
            database.Modules.Add(name, module);
        }
        database.Schemas.Clear();
        foreach (var (schema, id) in backup.Schemas)
        {
            database.Schemas.Add(schema, id);
        }
        database.Security = backup.Security;
        database.Log.Load(backup.Log);
        database.RecoveryFork = Guid.NewGuid();
        RestoreCdc(database, keepCdc ? backup.Cdc : null);
        engine.SchemaChanged();
    }

    private static void RestoreCdc(Database database, CdcSnapshot? snapshot)
    {
        if (snapshot is null)
        {
            database.Cdc?.Dispose();
            database.Cdc = null;
            database.Schemas.Remove("cdc");
            return;
        }
        (database.Cdc ??= new CdcDatabase(database)).Load(snapshot);
    }
}
