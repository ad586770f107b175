using DStream.Core;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging;

namespace DStream.SqlServer;

/// <summary>Finds the capture instance of a table through the metadata, never by its name, and says what an administrator must run where there is none.</summary>
internal sealed class CaptureInstanceResolver(SqlServerDatabase database, Remedies remedies, ILogger logger)
{
    public async ValueTask<CaptureInstance> ResolveAsync(SqlConnection connection, TableName table, string? wanted, CancellationToken cancellationToken)
    {
        var (objectId, name) = await FindTableAsync(connection, table, cancellationToken);
        var found = await FindInstanceAsync(connection, name, objectId, wanted, cancellationToken);
        return await DescribeAsync(connection, name, objectId, found, cancellationToken);
    }

    private async ValueTask<(int ObjectId, TableName Name)> FindTableAsync(SqlConnection connection, TableName table, CancellationToken cancellationToken)
    {
        await using var command = database.Command(connection, MetadataStatements.Table).With("@schema", table.Schema).With("@table", table.Table);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken) || !reader.GetBoolean(0))
            throw new TableNotReadyException(table, $"change data capture is off in database {database.Errors.Name}.", remedies.EnableDatabase);
        await reader.NextResultAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            throw new TableNotReadyException(table, $"there is no such table in {database.Errors.Name}, or the login may not see it.", remedies.CreateTable(table));
        return (reader.GetInt32(0), new TableName(reader.GetString(1), reader.GetString(2)));
    }

    private async ValueTask<Found> FindInstanceAsync(
        SqlConnection connection, TableName table, int objectId, string? wanted, CancellationToken cancellationToken)
    {
        var instances = new List<Found>(2);
        try
        {
            await using var command = database.Command(connection, MetadataStatements.Instances).With("@table", objectId);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                instances.Add(new Found(reader.GetString(0), reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetString(2)));
        }
        catch (SqlException e) when (SqlErrors.IsDenied(e.Number))
        {
            throw new TableNotReadyException(table, "the login may not read the metadata of change data capture.", remedies.ReadMetadata, e);
        }

        if (instances.Count == 0)
            throw new TableNotReadyException(table, "change data capture is off for the table.", remedies.EnableTable(table));
        var chosen = wanted is null ? instances[0] : instances.Find(instance => string.Equals(instance.Name, wanted, StringComparison.OrdinalIgnoreCase));
        if (chosen is null)
            throw new TableNotReadyException(table, $"it has no capture instance \"{wanted}\".", $"choose {string.Join(" or ", instances.Select(i => $"\"{i.Name}\""))}.");

        // The older one holds the changes that were not read yet; the newer one is for when the older has been drained and dropped.
        if (instances.Count > 1) Log.TwoInstances(logger, table, chosen.Name, instances.First(instance => instance != chosen).Name);
        return chosen;
    }

    private async ValueTask<CaptureInstance> DescribeAsync(
        SqlConnection connection, TableName table, int objectId, Found found, CancellationToken cancellationToken)
    {
        await using var command = database.Command(connection, MetadataStatements.Columns)
            .With("@changes", found.ObjectId).With("@table", objectId).With("@instance", found.Name);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var columns = new List<CapturedColumn>();
        while (await reader.ReadAsync(cancellationToken))
            columns.Add(new CapturedColumn(reader.GetString(0), reader.GetInt32(1), !reader.IsDBNull(2) && reader.GetBoolean(2)));
        var captured = await NamesAsync(reader, cancellationToken);
        var primary = await NamesAsync(reader, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var low = await reader.ReadAsync(cancellationToken) ? reader.GetLsn(0) : Lsn.Zero;

        // Zero means missing or invisible, never "from the beginning" (CDC-FACTS).
        var key = captured.Count > 0 ? captured : primary;
        var complete = key.TrueForAll(name => columns.Exists(column => column.Name == name));
        var instance = new CaptureInstance(table, found.Name, low, found.RoleName, columns, complete ? key : []);
        return low != Lsn.Zero ? instance : throw new TableNotReadyException(table,
            $"capture instance \"{found.Name}\" has no low end for this login: that takes SELECT on all captured columns{Gate(found)}. Or it was just dropped.",
            remedies.ReadFunction(instance));
    }

    private static string Gate(Found found) => found.RoleName is { } role ? $" and membership of the gating role \"{role}\"" : "";

    private static async ValueTask<List<string>> NamesAsync(SqlDataReader reader, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) names.Add(reader.GetString(0));
        return names;
    }

    private sealed record Found(string Name, int ObjectId, string? RoleName);
}
