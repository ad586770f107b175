using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Storage;

/// <summary>A sequence object. What it handed out a rollback does not take back.</summary>
internal sealed class Sequence(string schema, string name, int objectId, SqlType type, DateTime created)
{
    private bool _isExhausted;

    public string Schema { get; } = schema;

    public string Name { get; } = name;

    public int ObjectId { get; } = objectId;

    public SqlType Type { get; } = type;

    public DateTime Created { get; } = created;

    public long Start { get; init; }

    public long Increment { get; init; } = 1;

    public long Minimum { get; init; } = long.MinValue;

    public long Maximum { get; init; } = long.MaxValue;

    public bool Cycles { get; init; }

    /// <summary>What NEXT VALUE FOR gives next.</summary>
    public long Current { get; set; }

    public object? Next()
    {
        if (_isExhausted)
        {
            throw Errors.Of(11728, 16, $"The sequence object '{Name}' has reached its minimum or maximum value. Restart the sequence object to allow new values to be generated.");
        }
        var value = Current;
        if (Increment > 0 ? value > Maximum - Increment : value < Minimum - Increment)
        {
            Current = Increment > 0 ? Minimum : Maximum;
            _isExhausted = !Cycles;
        }
        else
        {
            Current = value + Increment;
        }
        return Conversion.To(value, SqlTypes.BigInt, Type);
    }

    public void Restart(long value) => (Current, _isExhausted) = (value, false);
}
