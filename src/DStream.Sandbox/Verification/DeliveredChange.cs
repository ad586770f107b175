using System.Text.Json;
using DStream.Core;
using DStream.Sandbox.Workloads;

namespace DStream.Sandbox.Verification;

/// <summary>A message of a topic, read as a consumer would read it.</summary>
public sealed record DeliveredChange(TableName Table, ChangeOperation Operation, SandboxRow Row, DateTime UpdatedAt)
{
    /// <summary>Reads the body of a message.</summary>
    public static DeliveredChange Parse(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var data = document.RootElement.GetProperty("data");
        var metadata = document.RootElement.GetProperty("metadata");
        var row = new SandboxRow(
            data.GetProperty("ID").GetInt32(), data.GetProperty("FirstName").GetString()!, data.GetProperty("LastName").GetString(),
            data.GetProperty("Balance").GetDecimal(), data.GetProperty("Active").GetBoolean(), data.GetProperty("Version").GetInt64());
        return new DeliveredChange(
            new TableName(metadata.GetProperty("Schema").GetString()!, metadata.GetProperty("TableName").GetString()!),
            (ChangeOperation)metadata.GetProperty("OperationID").GetInt32(), row, data.GetProperty(nameof(UpdatedAt)).GetDateTime());
    }
}
