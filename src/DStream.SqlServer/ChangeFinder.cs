using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using DStream.Core;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging;

namespace DStream.SqlServer;

/// <summary>
/// Asks once for all tables which of them have changes past their positions. Thread-safe.
/// </summary>
internal sealed class ChangeFinder(SqlServerDatabase database, ILogger logger)
{
    // Bounds the size of a statement and the time to compile it; a command takes at most 2100 parameters.
    private const int TablesInStatement = 100;

    private readonly ConcurrentDictionary<string, bool> _readable = new(StringComparer.OrdinalIgnoreCase);
    private int _warned;

    /// <summary>Notes whether the login may read the change table of an instance.</summary>
    public void Learn(string captureInstance, bool changeTableReadable) => _readable[captureInstance] = changeTableReadable;

    public async ValueTask<IReadOnlySet<TableName>?> FindAsync(IReadOnlyCollection<TablePosition> tables, Lsn upTo, CancellationToken cancellationToken)
    {
        if (tables.Count == 0) return new HashSet<TableName>();
        if (!tables.Any(IsReadable)) return null;
        try
        {
            return await database.RunAsync((connection, token) => FindAsync(connection, tables, upTo, token), cancellationToken);
        }
        catch (ProviderException e) when (e.InnerException is SqlException { Number: var number } && SqlErrors.IsDenied(number))
        {
            if (Interlocked.Exchange(ref _warned, 1) == 0) Log.CannotFindChanged(logger, database.Errors.Name, e.Message);
            return null;
        }
        catch (ProviderException e) when (e.InnerException is SqlException { Number: SqlErrors.InvalidObject })
        {
            // An instance was dropped after the low ends were read; the next cycle knows, and until then each reader finds out by itself.
            return null;
        }
    }

    private bool IsReadable(TablePosition table) => _readable.GetValueOrDefault(table.Table.CaptureInstance, true);

    private async ValueTask<IReadOnlySet<TableName>?> FindAsync(
        SqlConnection connection, IReadOnlyCollection<TablePosition> tables, Lsn upTo, CancellationToken cancellationToken)
    {
        var lowEnds = await ReadLowEndsAsync(connection, cancellationToken);
        var changed = new HashSet<TableName>();
        var asked = new List<TablePosition>();
        foreach (var table in tables)
        {
            // Of a table that may not be asked nothing is certain.
            if (IsGap(lowEnds, table) || !IsReadable(table)) changed.Add(table.Table.Name);
            else if (table.Position.NextLsn <= upTo) asked.Add(table);
        }

        foreach (var chunk in asked.Chunk(TablesInStatement)) await AskAsync(connection, chunk, upTo, changed, cancellationToken);
        return changed;
    }

    /// <summary>I3: below the low end the reader must run and say so. An instance that is gone is for the reader to report, too.</summary>
    private static bool IsGap(Dictionary<string, Lsn> lowEnds, TablePosition table) =>
        !lowEnds.TryGetValue(table.Table.CaptureInstance, out var low) || low > table.Position.NextLsn;

    private async ValueTask<Dictionary<string, Lsn>> ReadLowEndsAsync(SqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = database.Command(connection, MetadataStatements.LowEnds);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadLowEndsAsync(reader, cancellationToken);
    }

    private static async ValueTask<Dictionary<string, Lsn>> ReadLowEndsAsync(SqlDataReader reader, CancellationToken cancellationToken)
    {
        var lowEnds = new Dictionary<string, Lsn>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadAsync(cancellationToken)) lowEnds[reader.GetString(0)] = reader.GetLsn(1);
        return lowEnds;
    }

    private async ValueTask AskAsync(
        SqlConnection connection, TablePosition[] tables, Lsn upTo, HashSet<TableName> changed, CancellationToken cancellationToken)
    {
        await using var command = database.Command(connection, Statement(tables) + "\n" + MetadataStatements.LowEnds).With("@to", upTo);
        for (var i = 0; i < tables.Length; i++) command.With("@p" + i.ToString(CultureInfo.InvariantCulture), tables[i].Position.NextLsn);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) changed.Add(tables[reader.GetInt32(0)].Table.Name);

        // I3: cleanup moves the low end before it deletes, so what it took while this asked shows here, and no table is called quiet over a gap.
        await reader.NextResultAsync(cancellationToken);
        var lowEnds = await ReadLowEndsAsync(reader, cancellationToken);
        foreach (var table in tables)
            if (IsGap(lowEnds, table)) changed.Add(table.Table.Name);
    }

    /// <summary>One row for each table with a change: its number.</summary>
    internal static string Statement(IReadOnlyList<TablePosition> tables)
    {
        var text = new StringBuilder();
        for (var i = 0; i < tables.Count; i++)
        {
            if (i > 0) text.Append("\nUNION ALL ");
            text.Append(CultureInfo.InvariantCulture, $"SELECT {i} AS [n] WHERE EXISTS (SELECT 1 FROM {CaptureInstance.ChangeTableOf(tables[i].Table.CaptureInstance)} AS ct ")
                .Append(CultureInfo.InvariantCulture, $"WHERE ct.[__$start_lsn] >= @p{i} AND ct.[__$start_lsn] <= @to)");
        }

        return text.Append(';').ToString();
    }
}
