namespace DStream.Configuration.Binding;

/// <summary>The known name that a misspelt one most likely means.</summary>
internal static class Nearest
{
    private const int MaxLength = 64;

    internal static string? To(string name, IEnumerable<string> known)
    {
        if (name.Length > MaxLength)
            return null;
        var best = known
            .Select(candidate => (candidate, distance: Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .OrderBy(pair => pair.distance)
            .FirstOrDefault();
        return best.candidate is { } found && best.distance <= Math.Max(2, found.Length / 3) && best.distance < found.Length ? found : null;
    }

    /// <summary>"did you mean X? known here are X, Y", for a remedy.</summary>
    internal static string Suggest(string name, IReadOnlyList<string> known)
    {
        var list = known.Count == 0 ? "nothing may stand here" : "known are " + string.Join(", ", known);
        return To(name, known) is { } nearest ? $"did you mean {nearest}? {list}" : list;
    }

    /// <summary>Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(substituted, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
