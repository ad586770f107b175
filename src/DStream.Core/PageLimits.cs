namespace DStream.Core;

/// <summary>How much one page may hold.</summary>
/// <param name="MaxRows">Rows asked of the server.</param>
/// <param name="MaxBytes">Bytes of JSON after which the page ends early; a page holds at least one row, whatever its size.</param>
public readonly record struct PageLimits(int MaxRows, int MaxBytes);
