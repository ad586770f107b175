using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>One scan of the log: rows for the change tables and entries of the time mapping, published together.</summary>
internal sealed class LogScan(CdcDatabase cdc)
{
    private static readonly byte[] NoTransactionId = [0];

    private readonly Dictionary<CaptureInstance, List<object?[]>> _rows = [];
    private readonly List<object?[]> _mapping = [];
    private CommittedTransaction? _first;
    private CommittedTransaction? _last;
    private long _transactions;
    private long _commands;
    private long _records;
    private int _definitions;

    public void Add(CommittedTransaction transaction)
    {
        _first ??= transaction;
        _last = transaction;
        _transactions += transaction.Records.Count > 0 ? 1 : 0;
        _records += transaction.Records.Count + transaction.Definitions.Count;
        var startLsn = transaction.Commit.ToBytes();
        foreach (var record in transaction.Records)
        {
            Capture(record, transaction.Commit, startLsn);
        }
        var isEmpty = transaction.Records.Count == 0;
        _mapping.Add(
        [
            startLsn, TemporalConversion.Round(transaction.BeginTime, SqlTypes.DateTime), TemporalConversion.Round(transaction.EndTime, SqlTypes.DateTime),
            isEmpty ? NoTransactionId : transaction.Begin.ToBytes()[4..], isEmpty ? new byte[10] : transaction.Begin.ToBytes(),
        ]);
        foreach (var definition in transaction.Definitions.Where(definition => definition.Command is not null))
        {
            // Rows before the definition have the types that were before it.
            PublishRows();
            _definitions++;
            cdc.Apply(definition, transaction.Commit);
        }
    }

    /// <summary>Makes all of it visible at once, and returns what the session's row says.</summary>
    public ScanSession Publish(DateTime now)
    {
        PublishRows();
        var time = _last!.EndTime;
        return new ScanSession
        {
            Id = 0,
            Start = now,
            End = now,
            First = _first!.Begin,
            Last = _last.Commit,
            Transactions = _transactions,
            Commands = _commands,
            LogRecords = _records,
            SchemaChanges = _definitions,
            LastCommitTime = time,
            Latency = (int)(now - time).TotalSeconds,
        };
    }

    private void PublishRows()
    {
        var instances = cdc.State.Instances.ToBuilder();
        foreach (var (instance, rows) in _rows)
        {
            instances[instance] = instances[instance] with { Rows = instances[instance].Rows.Append(rows) };
            _commands += rows.Count;
        }
        cdc.Publish(new CdcState(instances.ToImmutable(), cdc.State.TimeMapping.Append(_mapping), _last!.Commit));
        _rows.Clear();
        _mapping.Clear();
    }

    private void Capture(LogRecord record, Lsn commit, byte[] startLsn)
    {
        foreach (var instance in cdc.Captured)
        {
            if (instance.Source != record.Table || commit < cdc.State.Instances[instance].StartLsn)
            {
                continue;
            }
            if (!_rows.TryGetValue(instance, out var rows))
            {
                _rows[instance] = rows = [];
            }
            instance.Builder.Add(record, startLsn, rows);
        }
    }
}
