using System.Data;
using System.Globalization;
using DStream.Core;
using DStream.Sandbox;
using Microsoft.Data.SqlClient;

namespace DStream.Benchmarks.Ingest;

/// <summary>The least that the job costs with these clients: a bare reader that touches every value, and sends of bytes that are ready.</summary>
internal sealed class IngestFloor(SandboxConnections connections, IMessageSender sender, EncodedMessages encoded, TableDescription table)
{
    private readonly byte[] _bytes = new byte[64];

    /// <summary>Drains the rows with a bare SqlDataReader, each value by its typed getter.</summary>
    internal async Task ReadAsync(int rows, CancellationToken cancellationToken)
    {
        await using var connection = new SqlConnection(new SqlConnectionStringBuilder(connections.Database) { PacketSize = 32767 }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new SqlCommand(Statement(), connection);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        var getters = Enumerable.Range(0, reader.FieldCount).Select(i => Getter(reader.GetFieldType(i))).ToArray();
        var count = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            for (var i = 0; i < getters.Length; i++)
                if (!reader.IsDBNull(i)) getters[i](reader, i);
            count++;
        }

        if (count != rows) throw new InvalidOperationException($"The floor read {count} rows instead of {rows}.");
    }

    /// <summary>Sends the product's own batches, encoded beforehand, one after the other.</summary>
    internal async Task SendAsync(CancellationToken cancellationToken)
    {
        foreach (var batch in encoded.Batches) await sender.SendAsync(batch, cancellationToken);
    }

    private string Statement()
    {
        var columns = string.Join(", ", table.Columns.Select(static column => $"ct.[{column}]"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT ct.[__$start_lsn], ct.[__$command_id], ct.[__$seqval], ct.[__$operation], ct.[__$update_mask], m.[tran_end_time], {columns}
            FROM [cdc].[{table.CaptureInstance}_CT] AS ct LEFT JOIN [cdc].[lsn_time_mapping] AS m ON m.[start_lsn] = ct.[__$start_lsn]
            WHERE ct.[__$start_lsn] >= 0x00000000000000000000
            ORDER BY ct.[__$start_lsn], ct.[__$command_id], ct.[__$seqval], ct.[__$operation]
            """);
    }

    private Action<SqlDataReader, int> Getter(Type type) =>
        type == typeof(int) ? static (reader, i) => reader.GetInt32(i)
        : type == typeof(long) ? static (reader, i) => reader.GetInt64(i)
        : type == typeof(bool) ? static (reader, i) => reader.GetBoolean(i)
        : type == typeof(decimal) ? static (reader, i) => reader.GetDecimal(i)
        : type == typeof(DateTime) ? static (reader, i) => reader.GetDateTime(i)
        : type == typeof(string) ? static (reader, i) => reader.GetString(i)
        : type == typeof(byte[]) ? (reader, i) => reader.GetBytes(i, 0, _bytes, 0, _bytes.Length)
        : throw new NotSupportedException($"The benchmark's table has no column of type {type}.");
}
