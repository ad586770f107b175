using System.Diagnostics.Metrics;

namespace DStream.Router;

/// <summary>The router's instruments, on the meter <c>DStream.Router</c>.</summary>
internal sealed class RouteMetrics
{
    internal const string MeterName = "DStream.Router";

    private readonly Counter<long> _routed;
    private readonly Counter<long> _deadLettered;

    public RouteMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _routed = meter.CreateCounter<long>("dstream.messages.routed", "{message}", "Messages that their topic accepted");
        _deadLettered = meter.CreateCounter<long>("dstream.messages.dead_lettered", "{message}", "Messages moved to the dead-letter queue");
    }

    internal void Routed(string destination, int messages) => _routed.Add(messages, new KeyValuePair<string, object?>("destination", destination));

    internal void DeadLettered(string reason) => _deadLettered.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
