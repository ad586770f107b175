using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Parsing;

/// <summary>The variables and parameters of a batch, by ordinal. A declaration holds from where it stands to the end of the batch.</summary>
internal sealed class VariableTable
{
    private readonly Dictionary<string, int> _ordinals = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<SqlType> _types = [];

    public int Count => _types.Count;

    public int Declare(string name, SqlType type)
    {
        if (_ordinals.ContainsKey(name))
        {
            throw Errors.Of(134, 15, $"The variable name '{name}' has already been declared. Variable names must be unique within a query batch or stored procedure.");
        }
        _types.Add(type);
        _ordinals.Add(name, _types.Count - 1);
        return _types.Count - 1;
    }

    public (int Ordinal, SqlType Type)? Find(string name) => _ordinals.TryGetValue(name, out var ordinal) ? (ordinal, _types[ordinal]) : null;
}
