using System.Text;
using DStream.Core;

namespace DStream.InMemory;

/// <summary>One row of a transaction that is committed to an <see cref="InMemoryChangeSource"/>.</summary>
/// <param name="Table">The table.</param>
/// <param name="Operation">What happened. The two images of an update follow each other, before ahead of after.</param>
/// <param name="Data">The captured columns as one UTF-8 JSON object, in table order.</param>
public sealed record InMemoryChange(TableName Table, ChangeOperation Operation, ReadOnlyMemory<byte> Data)
{
    /// <summary>With the JSON as text.</summary>
    public InMemoryChange(TableName table, ChangeOperation operation, string json) : this(table, operation, Encoding.UTF8.GetBytes(json))
    {
    }

    /// <summary>Order of its command inside the transaction; null for the next number, which the images of an update share.</summary>
    public int? CommandId { get; init; }

    /// <summary>Number of its log record inside the transaction, from 1; null for the next one, which the images of an update share. The
    /// delete and the insert of a deferred update have the same number and different commands.</summary>
    public int? Record { get; init; }

    /// <summary>Hash of the row's key; 0 for none.</summary>
    public ulong KeyHash { get; init; }

    /// <summary>Columns left out of the data since their values were not logged; null for none.</summary>
    public IReadOnlyList<string>? Unavailable { get; init; }
}
