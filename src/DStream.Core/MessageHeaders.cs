using System.Text;

namespace DStream.Core;

/// <summary>What the messages of one table and operation have in common; made once, so that a provider may keep its encoded form.</summary>
/// <param name="Subject">The table's name; the broker's subject or label.</param>
/// <param name="Destination">The topic; application property <c>Destination</c>.</param>
/// <param name="OperationType">Application property <c>OperationType</c>.</param>
/// <param name="TableName">Application property <c>TableName</c>.</param>
public sealed record MessageHeaders(string Subject, string Destination, string OperationType, string TableName)
{
    /// <summary>Content type of every body: <c>application/json</c>.</summary>
    public const string ContentType = "application/json";

    /// <summary>The table's name; the broker's subject or label.</summary>
    public string Subject { get; } = Subject;

    /// <summary>The topic; application property <c>Destination</c>.</summary>
    public string Destination { get; } = Destination;

    /// <summary>Application property <c>OperationType</c>.</summary>
    public string OperationType { get; } = OperationType;

    /// <summary>Application property <c>TableName</c>.</summary>
    public string TableName { get; } = TableName;

    /// <summary>Bytes of the four texts in UTF-8. Counted once: every message asks.</summary>
    public int TextBytes { get; } = Encoding.UTF8.GetByteCount(Subject) + Encoding.UTF8.GetByteCount(Destination)
        + Encoding.UTF8.GetByteCount(OperationType) + Encoding.UTF8.GetByteCount(TableName);
}
