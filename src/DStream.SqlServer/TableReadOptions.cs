using DStream.Core;

namespace DStream.SqlServer;

/// <summary>How one table is read.</summary>
public sealed record TableReadOptions
{
    /// <summary>Through the function, the change table, or what the login may.</summary>
    public ReadMode ReadMode { get; init; }

    /// <summary>Whether the image before an update becomes a message too.</summary>
    public UpdateImages UpdateImages { get; init; }

    /// <summary>JSON types, or strings throughout.</summary>
    public ValueFormat ValueFormat { get; init; }

    /// <summary>The capture instance to read; null takes the table's only one, or the older of two.</summary>
    public string? CaptureInstance { get; init; }
}
