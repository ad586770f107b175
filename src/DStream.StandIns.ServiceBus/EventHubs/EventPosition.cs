using System.Globalization;
using System.Text.RegularExpressions;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.EventHubs;

/// <summary>
/// Where a receiver begins, as clients write it in their filter <c>apache.org:selector-filter:string</c>:
/// <c>amqp.annotation.x-opt-offset > '-1'</c>, and the like over sequence numbers and times; the .NET SDK leaves the quotes out.
/// </summary>
internal sealed partial class EventPosition
{
    private readonly Func<StoredEvent, long> _value;
    private readonly bool _isInclusive;
    private readonly long _bound;

    private EventPosition(Func<StoredEvent, long> value, bool isInclusive, long bound)
    {
        _value = value;
        _isInclusive = isInclusive;
        _bound = bound;
    }

    /// <summary>Everything that is kept: where a receiver without a filter begins.</summary>
    public static EventPosition Earliest { get; } = new(static stored => stored.Offset, isInclusive: true, 0);

    /// <summary>Only what comes later.</summary>
    public static EventPosition Latest { get; } = new(static _ => 0, isInclusive: false, long.MaxValue);

    /// <exception cref="BrokerException">It is none of the three forms.</exception>
    public static EventPosition Parse(string filter)
    {
        var match = Form().Match(filter);
        if (!match.Success) throw Bad(filter);
        var value = match.Groups["value"].Value;
        if (value == "@latest") return Latest;
        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bound)) throw Bad(filter);
        Func<StoredEvent, long> of = match.Groups["what"].Value switch
        {
            "offset" => static stored => stored.Offset,
            "sequence-number" => static stored => stored.SequenceNumber,
            _ => static stored => stored.EnqueuedTime.ToUnixTimeMilliseconds(),
        };
        return new EventPosition(of, match.Groups["equal"].Success, bound);
    }

    public bool Includes(in StoredEvent stored) => _isInclusive ? _value(stored) >= _bound : _value(stored) > _bound;

    private static BrokerException Bad(string filter) => new(BrokerError.BadRequest,
        $"The filter \"{filter}\" is no position: offset, sequence-number or enqueued-time after > or >= and a number.");

    [GeneratedRegex(@"^\s*amqp\.annotation\.x-opt-(?<what>offset|sequence-number|enqueued-time)\s*>(?<equal>=)?\s*(?<quote>'?)(?<value>@latest|-?\d+)\k<quote>\s*$")]
    private static partial Regex Form();
}
