namespace DStream.Contracts.Tests;

/// <summary>A message as an independent reader finds it.</summary>
public sealed record TakenMessage(
    string MessageId, string? SessionId, string Body, string? Subject, string? Destination, string? OperationType, string? TableName, string? Lsn,
    string? TraceParent, string? DeadLetterReason, string? DeadLetterDescription);
