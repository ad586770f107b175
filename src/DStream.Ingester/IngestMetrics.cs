using System.Diagnostics.Metrics;

namespace DStream.Ingester;

/// <summary>The ingester's instruments, on the meter <c>DStream.Ingester</c>.</summary>
internal sealed class IngestMetrics
{
    internal const string MeterName = "DStream.Ingester";

    private readonly Counter<long> _read;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _gaps;
    private readonly Histogram<int> _batch;

    public IngestMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _read = meter.CreateCounter<long>("dstream.changes.read", "{change}", "Changes read from the source");
        _sent = meter.CreateCounter<long>("dstream.changes.sent", "{change}", "Changes that the ingest queue accepted");
        _bytes = meter.CreateCounter<long>("dstream.bytes.sent", "By", "Bytes of message bodies that the ingest queue accepted");
        _gaps = meter.CreateCounter<long>("dstream.gaps", "{gap}", "Gaps found: changes that were cleaned up before they were read");
        _batch = meter.CreateHistogram<int>("dstream.batch.size", "{change}", "Changes in a batch");
    }

    internal void Read(string table, int changes) => _read.Add(changes, Tag(table));

    internal void Sent(string table, int changes, long bytes)
    {
        _sent.Add(changes, Tag(table));
        _bytes.Add(bytes, Tag(table));
        _batch.Record(changes, Tag(table));
    }

    internal void Gap(string table) => _gaps.Add(1, Tag(table));

    private static KeyValuePair<string, object?> Tag(string table) => new("table", table);
}
