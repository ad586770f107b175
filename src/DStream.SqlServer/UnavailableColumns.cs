namespace DStream.SqlServer;

/// <summary>
/// Which columns of a row hold NULL since the server did not log their values. Not thread-safe.
/// </summary>
/// <remarks>
/// Microsoft Learn, "cdc.&lt;capture_instance&gt;_CT": text, ntext and image are NULL on operations 1 and 3; varchar(max), nvarchar(max) and
/// varbinary(max) are NULL on 3 unless the update changed them; computed columns are always NULL.
/// </remarks>
internal sealed class UnavailableColumns
{
    private readonly IReadOnlyList<CapturedColumn> _columns;
    private readonly bool[] _isLegacyLob;
    private readonly bool[] _isMax;
    private readonly Set?[] _byOperation = new Set?[5];
    private byte[]? _lastMask;
    private Set? _lastSet;

    /// <param name="columns">Captured columns in order.</param>
    /// <param name="isLegacyLob">Which are text, ntext or image.</param>
    /// <param name="isMax">Which are varchar(max), nvarchar(max) or varbinary(max).</param>
    public UnavailableColumns(IReadOnlyList<CapturedColumn> columns, bool[] isLegacyLob, bool[] isMax)
    {
        _columns = columns;
        _isLegacyLob = isLegacyLob;
        _isMax = isMax;
        NeedsMask = isMax.AsSpan().Contains(true);
        for (var operation = 1; operation <= 4; operation++)
        {
            var lobs = operation is 1 or 3;
            _byOperation[operation] = Create(i => columns[i].IsComputed || (lobs && isLegacyLob[i]));
        }
    }

    /// <summary>Whether an image before an update depends on the mask.</summary>
    public bool NeedsMask { get; }

    /// <summary>The columns that are unavailable if they are NULL; null for none.</summary>
    public Set? Of(int operation, ReadOnlySpan<byte> mask)
    {
        if (operation != 3 || !NeedsMask) return _byOperation[operation];
        if (_lastMask is not null && mask.SequenceEqual(_lastMask)) return _lastSet;
        _lastMask = mask.ToArray();
        var changed = _lastMask;
        return _lastSet = Create(i => _columns[i].IsComputed || _isLegacyLob[i] || (_isMax[i] && !IsChanged(changed, _columns[i].Ordinal)));
    }

    // As sys.fn_cdc_is_bit_set: the first column is the lowest bit of the last byte.
    internal static bool IsChanged(ReadOnlySpan<byte> mask, int ordinal)
    {
        var at = mask.Length - 1 - ((ordinal - 1) / 8);
        return at >= 0 && (mask[at] & (1 << ((ordinal - 1) % 8))) != 0;
    }

    private Set? Create(Func<int, bool> isUnavailable)
    {
        var flags = new bool[_columns.Count];
        for (var i = 0; i < flags.Length; i++) flags[i] = isUnavailable(i);
        return flags.AsSpan().Contains(true) ? new Set(flags, [.. _columns.Where((_, i) => flags[i]).Select(column => column.Name)]) : null;
    }

    /// <summary>A set of columns.</summary>
    /// <param name="Flags">By place.</param>
    /// <param name="Names">In order.</param>
    public sealed record Set(bool[] Flags, IReadOnlyList<string> Names);
}
