namespace DStream.Core;

/// <summary>A row does not fit into one message of its entity, so the table cannot go on in order.</summary>
/// <param name="position">Where the row stands.</param>
/// <param name="bytes">Size of its message, framing included.</param>
/// <param name="maxBytes">What the entity takes.</param>
/// <param name="key">The row's key as JSON.</param>
/// <param name="table">The table.</param>
public sealed class MessageTooLargeException(TableName table, string key, ChangePosition position, long bytes, long maxBytes) : Exception(
    $"Table {table}: the row with key {key} at {position} makes a message of {bytes} bytes, and the queue takes at most {maxBytes}. "
    + "Raise the queue's message size (Premium takes up to 100 MB) or leave the large column out of the capture instance.")
{
    /// <summary>The table.</summary>
    public TableName Table { get; } = table;

    /// <summary>Where the row stands.</summary>
    public ChangePosition Position { get; } = position;
}
