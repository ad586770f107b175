using System.Buffers;
using System.Buffers.Binary;
using DStream.Core;

namespace DStream.InMemory;

/// <summary>
/// A database with change data capture in this process: transactions are committed, captured, read and cleaned up as SQL Server does it.
/// Thread-safe; starts no threads.
/// </summary>
public sealed class InMemoryChangeSource : IChangeSource
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Dictionary<TableName, ChangeTable> _tables = [];
    private readonly List<(Lsn Lsn, Dictionary<ChangeTable, List<CapturedRow>> Rows)> _committed = [];
    private Lsn _lastLsn = Lsn.Parse("00000020000000100001");
    private Lsn _maxLsn;

    /// <summary>A database without tables.</summary>
    /// <param name="time">Gives transactions their commit times; null for the system's clock.</param>
    public InMemoryChangeSource(TimeProvider? time = null) => _time = time ?? TimeProvider.System;

    /// <summary>Injects failures; null for none.</summary>
    public FaultHook? Fault { get; set; }

    /// <summary>Whether a commit is captured at once. Default true; else <see cref="Capture"/> does it.</summary>
    public bool CapturesAtOnce { get; set; } = true;

    /// <summary>Whether tables opened from now on are read in the function's order, without command ids. Default false.</summary>
    public bool FunctionOrder { get; set; }

    /// <summary>Which images of an update are read. Default: the one after it.</summary>
    public UpdateImages UpdateImages { get; set; }

    /// <summary>Whether <see cref="FindChangedAsync"/> knows an answer. Default true; false as for a login that may not ask.</summary>
    public bool TellsChanged { get; set; } = true;

    /// <summary>Switches capture on for a table, under the usual name of its capture instance.</summary>
    public void AddTable(TableName table, IReadOnlyList<string> columns, IReadOnlyList<string> keyColumns)
    {
        lock (_lock)
        {
            _tables.Add(table, new ChangeTable(table, $"{table.Schema}_{table.Table}", columns, keyColumns, _lastLsn.Next()));
        }
    }

    /// <summary>Switches capture off for a table: who reads it learns that it is gone. False where it was not on.</summary>
    public bool RemoveTable(TableName table)
    {
        lock (_lock)
        {
            if (!_tables.Remove(table, out var removed)) return false;
            return removed.IsGone = true;
        }
    }

    /// <summary>Commits one transaction and returns its LSN.</summary>
    /// <exception cref="ArgumentException">A table has no capture.</exception>
    public Lsn Commit(params IEnumerable<InMemoryChange> changes)
    {
        lock (_lock)
        {
            var transaction = Number(changes);
            _lastLsn = transaction.Lsn;
            _committed.Add(transaction);
            if (CapturesAtOnce) CaptureAll();
            return transaction.Lsn;
        }
    }

    /// <summary>Captures what was committed: the max LSN moves, for all tables at once. Returns it.</summary>
    public Lsn Capture()
    {
        lock (_lock)
        {
            CaptureAll();
            return _maxLsn;
        }
    }

    /// <summary>Lets the max LSN move on although no captured table changed, as other work in the database does. Returns it.</summary>
    public Lsn AdvanceIdle() => Commit();

    /// <summary>Moves the low end of a table and removes the rows below it, as the cleanup job does.</summary>
    public void Cleanup(TableName table, Lsn lowLsn)
    {
        lock (_lock) Find(table).Cleanup(lowLsn);
    }

    /// <inheritdoc/>
    public ValueTask<Lsn> GetMaxLsnAsync(CancellationToken cancellationToken)
    {
        Before(InMemoryOperation.MaxLsn, "", cancellationToken);
        lock (_lock) return new(_maxLsn);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlySet<TableName>?> FindChangedAsync(
        IReadOnlyCollection<TablePosition> tables, Lsn upTo, CancellationToken cancellationToken)
    {
        Before(InMemoryOperation.FindChanged, "", cancellationToken);
        if (!TellsChanged) return new((IReadOnlySet<TableName>?)null);
        lock (_lock)
        {
            // A table that is gone counts as changed, so that its reader finds out.
            return new(tables.Where(wanted => !_tables.TryGetValue(wanted.Table.Name, out var table)
                || wanted.Position.NextLsn < table.LowLsn
                || table.After(wanted.Position.ForOrder(wanted.Table.FunctionOrder), upTo, wanted.Table.FunctionOrder).Any(IsWanted))
                .Select(static wanted => wanted.Table.Name).ToHashSet());
        }
    }

    /// <inheritdoc/>
    public ValueTask<ITableChangeReader> OpenAsync(TableName table, CancellationToken cancellationToken)
    {
        Before(InMemoryOperation.OpenTable, table.ToString(), cancellationToken);
        lock (_lock)
        {
            var found = Find(table);
            return new(new InMemoryTableReader(this, found, found.Describe(FunctionOrder)));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal ChangeBatch Read(
        ChangeTable table, TableDescription description, ChangePosition after, Lsn upTo, PageLimits limits, CancellationToken cancellationToken)
    {
        Before(InMemoryOperation.Read, description.Name.ToString(), cancellationToken);
        // I5a
        var from = after.ForOrder(description.FunctionOrder);
        lock (_lock)
        {
            if (table.IsGone) throw NotReady(description.Name);
            // I3
            if (after.NextLsn < table.LowLsn) throw new ChangeDataLostException(description.Name, after, table.LowLsn);
            return Page(table.After(from, upTo, description.FunctionOrder).Where(IsWanted), after, upTo, limits);
        }
    }

    private static ChangeBatch Page(IEnumerable<CapturedRow> rows, ChangePosition after, Lsn upTo, PageLimits limits)
    {
        using var page = new ChangeBatchBuilder(Math.Min(limits.MaxBytes, 64 * 1024));
        var last = after;
        foreach (var row in rows)
        {
            if (page.Count > 0 && (page.Count >= limits.MaxRows || page.DataBytes >= limits.MaxBytes)) return page.Build(last, hasMore: true);
            page.Writer.Write(row.Data.Span);
            page.Add(row.Position, row.CommitTime, row.KeyHash, row.Unavailable);
            last = row.Position;
        }

        var end = ChangePosition.EndOf(upTo);
        return page.Build(end > after ? end : after, hasMore: false);
    }

    private static Lsn Skip(Lsn lsn, int count)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        lsn.WriteTo(bytes[6..]);
        BinaryPrimitives.WriteUInt128BigEndian(bytes, BinaryPrimitives.ReadUInt128BigEndian(bytes) + (UInt128)(uint)count);
        return Lsn.Read(bytes[6..]);
    }

    private static TableNotReadyException NotReady(TableName table) => new(
        table, "change data capture is off for it.",
        $"EXEC sys.sp_cdc_enable_table @source_schema = N'{table.Schema}', @source_name = N'{table.Table}', @role_name = NULL;");

    /// <summary>Gives the rows their positions: the log records follow the last transaction, and the commit's record follows them.</summary>
    private (Lsn Lsn, Dictionary<ChangeTable, List<CapturedRow>> Rows) Number(IEnumerable<InMemoryChange> changes)
    {
        var numbered = new List<(InMemoryChange Change, ChangeTable Table, int Command, int Record)>();
        var (command, record, previous) = (0, 0, ChangeOperation.None);
        foreach (var change in changes)
        {
            var table = _tables.GetValueOrDefault(change.Table)
                ?? throw new ArgumentException($"Table {change.Table} has no capture; add it first.", nameof(changes));
            var isPair = previous == ChangeOperation.UpdateBefore && change.Operation == ChangeOperation.UpdateAfter;
            command = change.CommandId ?? (isPair ? command : command + 1);
            record = change.Record ?? (isPair ? record : record + 1);
            previous = change.Operation;
            numbered.Add((change, table, command, record));
        }

        var lsn = Skip(_lastLsn, numbered.Select(static row => row.Record).DefaultIfEmpty().Max() + 1);
        var time = _time.GetLocalNow().DateTime;
        return (lsn, numbered.GroupBy(static row => row.Table).ToDictionary(static rows => rows.Key, rows => rows.Select(row => new CapturedRow(
            new ChangePosition(lsn, row.Command, Skip(_lastLsn, row.Record), row.Change.Operation),
            time, row.Change.KeyHash, row.Change.Data, row.Change.Unavailable)).ToList()));
    }

    private bool IsWanted(CapturedRow row) => UpdateImages == UpdateImages.Both || row.Position.Operation != ChangeOperation.UpdateBefore;

    private void CaptureAll()
    {
        foreach (var (lsn, rows) in _committed)
        {
            foreach (var (table, ofTable) in rows) table.Add(ofTable);
            _maxLsn = lsn;
        }

        _committed.Clear();
    }

    private ChangeTable Find(TableName table) => _tables.TryGetValue(table, out var found) ? found : throw NotReady(table);

    private void Before(string operation, string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Fault?.Invoke(operation, name) is { } failure) throw failure;
    }
}
