using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>
/// Change data capture of one database: the instances, the committed transactions that wait for the capture job, and the state
/// that readers see. Everything but <see cref="State"/> is guarded by the engine's gate.
/// </summary>
internal sealed class CdcDatabase : IDisposable
{
    private static readonly TimeSpan DummyInterval = TimeSpan.FromMinutes(5);

    private readonly Queue<CommittedTransaction> _waiting = new();
    private readonly Dictionary<CaptureInstance, ChangeRowBuilder> _builders = [];
    private readonly Random _random;
    private readonly ITimer _timer;
    private volatile CdcState _state = CdcState.Empty;
    private bool _isArmed;
    private DateTime _lastMapping;

    public CdcDatabase(Database database)
    {
        Database = database;
        Schedule = database.Engine.Options.Capture;
        _random = database.Engine.Options.Seed is { } seed ? new Random(seed) : new Random();
        _timer = database.Engine.Time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Database Database { get; }

    public EngineState Engine => Database.Engine;

    public CdcState State => _state;

    public List<CaptureInstance> Instances { get; } = [];

    public List<DdlRecord> DdlHistory { get; } = [];

    public CaptureLog Sessions { get; } = new();

    public CaptureSchedule Schedule { get; private set; }

    /// <summary>The capture job is stopped: commits wait for it.</summary>
    public bool IsPaused { get; private set; }

    public bool IsTracked(Table table) => Instances.Exists(instance => instance.Source == table);

    public CaptureInstance? Find(string name) => Instances.Find(i => string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The instance whose query function has this name.</summary>
    public (CaptureInstance Instance, bool Net)? FunctionInstance(string function)
    {
        const string All = "fn_cdc_get_all_changes_";
        const string Net = "fn_cdc_get_net_changes_";
        var isNet = function.StartsWith(Net, StringComparison.OrdinalIgnoreCase);
        return (isNet || function.StartsWith(All, StringComparison.OrdinalIgnoreCase)) && Find(function[All.Length..]) is { } instance
            && (!isNet || instance.SupportsNetChanges) ? (instance, isNet) : null;
    }

    public void Add(CaptureInstance instance)
    {
        var lsn = Database.Log.Commit();
        Instances.Add(instance);
        _builders[instance] = new ChangeRowBuilder(instance);
        _state = _state with { Instances = _state.Instances.Add(instance, new InstanceState(lsn, ChangeRows.Empty)) };
        // Enabling is a transaction of its own: the job's next scan moves the max LSN past it.
        var now = Engine.LocalNow();
        Enqueue(new CommittedTransaction(lsn, Database.Log.Commit(), now, now, []));
    }

    public void Remove(CaptureInstance instance)
    {
        Instances.Remove(instance);
        _builders.Remove(instance);
        _state = _state with { Instances = _state.Instances.Remove(instance) };
    }

    /// <summary>Takes a removal back, with the low end and the rows the instance had.</summary>
    public void Restore(CaptureInstance instance, InstanceState state)
    {
        Instances.Add(instance);
        _builders[instance] = new ChangeRowBuilder(instance);
        _state = _state with { Instances = _state.Instances.Add(instance, state) };
    }

    public void Committed(TransactionLog log, Lsn commit, DateTime now)
    {
        if (log.Records.Count > 0)
        {
            Enqueue(new CommittedTransaction(log.Begin, commit, log.BeginTime, now, log.Records));
        }
        else if (now - _lastMapping >= DummyInterval)
        {
            // With nothing to capture the job adds an entry without a transaction from time to time, so that max_lsn moves.
            Enqueue(new CommittedTransaction(commit, commit, now, now, []));
        }
    }

    public void SetSchedule(CaptureSchedule schedule)
    {
        Schedule = schedule;
        Arm();
    }

    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        Arm();
    }

    /// <summary>One scan: everything committed so far goes into the change tables at once, and the max LSN moves.</summary>
    public int Scan()
    {
        var transactions = _waiting.Count;
        if (transactions == 0)
        {
            return 0;
        }
        var added = new Dictionary<CaptureInstance, List<object?[]>>();
        var mapping = new List<object?[]>(transactions);
        var last = Lsn.Zero;
        while (_waiting.TryDequeue(out var transaction))
        {
            var startLsn = transaction.Commit.ToBytes();
            Capture(transaction, startLsn, added);
            mapping.Add(
            [
                startLsn, TemporalConversion.Round(transaction.BeginTime, SqlTypes.DateTime), TemporalConversion.Round(transaction.EndTime, SqlTypes.DateTime),
                transaction.Records.Count == 0 ? new byte[] { 0 } : transaction.Begin.ToBytes()[4..], transaction.Records.Count == 0 ? new byte[10] : transaction.Begin.ToBytes(),
            ]);
            last = transaction.Commit;
            _lastMapping = transaction.EndTime;
        }
        var instances = _state.Instances.ToBuilder();
        foreach (var (instance, rows) in added)
        {
            instances[instance] = instances[instance] with { Rows = instances[instance].Rows.Append(rows) };
        }
        Sessions.Add(Engine.LocalNow(), transactions, added.Values.Sum(rows => rows.Count), last, _lastMapping);
        _state = new CdcState(instances.ToImmutable(), _state.TimeMapping.Append(mapping), last);
        return transactions;
    }

    /// <summary>Moves the low end of instances up to an LSN, then deletes the rows below it.</summary>
    public void CleanUp(Lsn low, Func<CaptureInstance, bool> which)
    {
        var instances = _state.Instances.ToBuilder();
        foreach (var (instance, state) in _state.Instances.Where(pair => which(pair.Key) && pair.Value.StartLsn < low))
        {
            var first = state.Rows.Seek(CaptureInstance.KeyOrder, instance.KeyPositions, new KeyRange([], low.ToBytes(), true, null, true));
            instances[instance] = new InstanceState(low, state.Rows.Skip(first));
        }
        var oldest = instances.Count == 0 ? low : instances.Values.Min(state => state.StartLsn);
        var kept = _state.TimeMapping.Seek(CaptureInstance.KeyOrder, [0], new KeyRange([], oldest.ToBytes(), true, null, true));
        // The newest entry stays, or max_lsn would be lost.
        kept = Math.Min(kept, Math.Max(0, _state.TimeMapping.Count - 1));
        _state = new CdcState(instances.ToImmutable(), _state.TimeMapping.Skip(kept), _state.MaxLsn);
    }

    public void Dispose() => _timer.Dispose();

    private void Capture(CommittedTransaction transaction, byte[] startLsn, Dictionary<CaptureInstance, List<object?[]>> added)
    {
        foreach (var record in transaction.Records)
        {
            foreach (var instance in Instances)
            {
                if (instance.Source != record.Table || transaction.Commit < _state.Instances[instance].StartLsn)
                {
                    continue;
                }
                if (!added.TryGetValue(instance, out var rows))
                {
                    added[instance] = rows = [];
                }
                _builders[instance].Add(record, startLsn, rows);
            }
        }
    }

    private void Enqueue(CommittedTransaction transaction)
    {
        _waiting.Enqueue(transaction);
        if (Schedule.Mode == CaptureMode.AtCommit && !IsPaused)
        {
            Scan();
        }
        else
        {
            Arm();
        }
    }

    private void Arm()
    {
        if (_isArmed || IsPaused || _waiting.Count == 0)
        {
            return;
        }
        if (Schedule.Mode == CaptureMode.AtCommit)
        {
            Scan();
        }
        else if (Schedule.Mode == CaptureMode.Interval)
        {
            _isArmed = true;
            _timer.Change(Schedule.Delay + (Schedule.MaximumLag * _random.NextDouble()), Timeout.InfiniteTimeSpan);
        }
    }

    private void OnTimer()
    {
        lock (Engine.Gate)
        {
            _isArmed = false;
            if (!IsPaused && Schedule.Mode == CaptureMode.Interval)
            {
                Scan();
            }
        }
    }
}
