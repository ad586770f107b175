namespace DStream.Core;

/// <summary>
/// How many rows to ask of the server, from the rows that the table has shown: enough to fill a page of bytes, no more, so that wide rows
/// stay within memory and narrow ones fill whole batches. Not thread-safe.
/// </summary>
/// <param name="pageBytes">Bytes of JSON that a page aims at, and ends at.</param>
public sealed class BatchSizer(int pageBytes)
{
    private const int MinRows = 100;
    private const int MaxRows = 50_000;

    // Before anything was seen: a row of 10 columns is about 200 bytes, one of 40 about 1.4 KB.
    private double _rowBytes = 1024;

    /// <summary>Limits of the next page.</summary>
    public PageLimits Next => new((int)Math.Clamp(pageBytes / _rowBytes, MinRows, MaxRows), pageBytes);

    /// <summary>Learns from a page; recent pages count most.</summary>
    public void Observe(int rows, int bytes)
    {
        if (rows == 0) return;
        _rowBytes = Math.Max(1, (_rowBytes + (double)bytes / rows) / 2);
    }
}
