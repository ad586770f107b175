namespace DStream.SqlServer;

/// <summary>A column of a capture instance.</summary>
/// <param name="Name">Its name in the change table.</param>
/// <param name="Ordinal">Its place in the instance from 1 on, which is its bit in <c>__$update_mask</c>.</param>
/// <param name="IsComputed">Whether the source computes it: then its captured value is always NULL.</param>
internal sealed record CapturedColumn(string Name, int Ordinal, bool IsComputed);
