using System.Text;
using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Parsing;

/// <summary>
/// Parsed batches by text and parameter types. A long text is kept only when it comes a second time: most are literals that
/// never come again, and their trees are a hundred times as large as they are.
/// </summary>
internal sealed class BatchCache
{
    private const int ShortText = 4 * 1024;
    private const int LongestText = 512 * 1024;
    private const int MaximumCharacters = 4 * 1024 * 1024;
    private const int RememberedTexts = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Batch> _batches = new(StringComparer.Ordinal);
    private readonly Queue<int> _seenOnce = new();
    private int _characters;

    public Batch Get(string text, IReadOnlyList<SqlParameter> parameters)
    {
        if (text.Length > LongestText)
        {
            return Make(text, parameters);
        }
        var key = KeyOf(text, parameters);
        lock (_lock)
        {
            if (_batches.TryGetValue(key, out var cached))
            {
                return cached;
            }
        }
        var batch = Make(text, parameters);
        lock (_lock)
        {
            if (key.Length <= ShortText || SeenBefore(key))
            {
                Keep(key, batch);
            }
        }
        return batch;
    }

    private static string KeyOf(string text, IReadOnlyList<SqlParameter> parameters)
    {
        if (parameters.Count == 0)
        {
            return text;
        }
        var key = new StringBuilder(text, text.Length + (parameters.Count * 16));
        foreach (var (name, type, _, _) in parameters)
        {
            key.Append('\0').Append(name).Append(' ').Append((int)type.Kind).Append(' ').Append(type.MaxLength);
            key.Append(' ').Append(type.Precision).Append(' ').Append(type.Scale);
        }
        return key.ToString();
    }

    private void Keep(string key, Batch batch)
    {
        if (_characters + key.Length > MaximumCharacters)
        {
            _batches.Clear();
            _characters = 0;
        }
        if (_batches.TryAdd(key, batch))
        {
            _characters += key.Length;
        }
    }

    private bool SeenBefore(string key)
    {
        var hash = key.GetHashCode(StringComparison.Ordinal);
        if (_seenOnce.Contains(hash))
        {
            return true;
        }
        _seenOnce.Enqueue(hash);
        if (_seenOnce.Count > RememberedTexts)
        {
            _seenOnce.Dequeue();
        }
        return false;
    }

    private static Batch Make(string text, IReadOnlyList<SqlParameter> parameters) =>
        new(BatchParser.Parse(text), parameters.Select(p => (p.Name, p.Type)));
}
