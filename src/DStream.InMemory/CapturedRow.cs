using DStream.Core;

namespace DStream.InMemory;

/// <summary>A row of a change table.</summary>
internal sealed record CapturedRow(
    ChangePosition Position, DateTime CommitTime, ulong KeyHash, ReadOnlyMemory<byte> Data, IReadOnlyList<string>? Unavailable);
