namespace DStream.Configuration.ConnectionStrings;

/// <summary>
/// Azure's connection strings: <c>Key=value;Key=value</c>, where a value goes from the first = to the next ; and is never quoted
/// (an account key ends in =).
/// </summary>
internal static class KeyValueText
{
    /// <summary>The pairs, or null when a piece has no = or stands twice.</summary>
    internal static Dictionary<string, string>? Parse(string text)
    {
        var pairs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var piece in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var sign = piece.IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0 || !pairs.TryAdd(piece[..sign].Trim(), piece[(sign + 1)..].Trim()))
                return null;
        }
        return pairs;
    }

    internal static bool Has(this Dictionary<string, string> pairs, string key) => pairs.TryGetValue(key, out var value) && value.Length > 0;
}
