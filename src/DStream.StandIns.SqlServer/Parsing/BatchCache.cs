using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Parsing;

/// <summary>Parsed batches by text and parameter types. Long texts are mostly literals and never come again, so they are not kept.</summary>
internal sealed class BatchCache
{
    private const int LongestText = 64 * 1024;
    private const int MaximumCharacters = 16 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Batch> _batches = new(StringComparer.Ordinal);
    private int _characters;

    public Batch Get(string text, IReadOnlyList<SqlParameter> parameters)
    {
        if (text.Length > LongestText)
        {
            return Make(text, parameters);
        }
        var key = parameters.Count == 0 ? text : text + "\0" + string.Join(',', parameters.Select(p => $"{p.Name} {Values.TypeNames.Declaration(p.Type)}"));
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
            if (_characters > MaximumCharacters)
            {
                _batches.Clear();
                _characters = 0;
            }
            _batches[key] = batch;
            _characters += key.Length;
        }
        return batch;
    }

    private static Batch Make(string text, IReadOnlyList<SqlParameter> parameters) =>
        new(BatchParser.Parse(text), parameters.Select(p => (p.Name, p.Type)));
}
