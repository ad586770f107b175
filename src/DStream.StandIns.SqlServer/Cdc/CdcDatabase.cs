using System.Collections.Immutable;
using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>
/// Change data capture of one database: the instances, their jobs, and the state that readers see. Everything but
/// <see cref="State"/> is guarded by the engine's gate.
/// </summary>
internal sealed class CdcDatabase : IDisposable
{
    private volatile CdcState _state = CdcState.Empty;

    public CdcDatabase(Database database)
    {
        Database = database;
        Capture = new CaptureJob(this);
        Cleanup = new CleanupJob(this);
    }

    public Database Database { get; }

    public EngineState Engine => Database.Engine;

    public CdcState State => _state;

    public CaptureJob Capture { get; }

    public CleanupJob Cleanup { get; }

    public List<CaptureInstance> Instances { get; } = [];

    /// <summary>The instances that are captured: those above, and those whose removal is not committed.</summary>
    public List<CaptureInstance> Captured { get; } = [];

    public List<DdlRecord> DdlHistory { get; private set; } = [];

    /// <summary>Whether an instance identifies rows by an index, which then cannot be dropped.</summary>
    public bool UsesIndex(Table table, TableIndex index) =>
        Instances.Exists(i => i.Source == table && i.Index is { } own && string.Equals(own.Name, index.Name, StringComparison.OrdinalIgnoreCase));

    public bool IsTracked(Table table) => Instances.Exists(instance => instance.Source == table);

    public bool Captures(Table table, TableColumn column) => Instances.Exists(instance => instance.Source == table && instance.Columns.Any(c => c.Source.Id == column.Id));

    public IReadOnlyList<CaptureInstance> InstancesOf(Table table) => Instances.FindAll(instance => instance.Source == table);

    public CaptureInstance? Find(string name) => Instances.Find(i => string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The instance whose query function has this name.</summary>
    public (CaptureInstance Instance, bool Net)? FunctionInstance(string function)
    {
        var isNet = function.StartsWith(CdcObjects.NetChanges, StringComparison.OrdinalIgnoreCase);
        return (isNet || function.StartsWith(CdcObjects.AllChanges, StringComparison.OrdinalIgnoreCase))
            && Find(function[CdcObjects.AllChanges.Length..]) is { } instance && (!isNet || instance.SupportsNetChanges) ? (instance, isNet) : null;
    }

    public void Publish(CdcState state) => _state = state;

    /// <summary>Adds an instance; its validity begins now, and the transaction's commit moves the max LSN past it.</summary>
    public void Add(CaptureInstance instance, Transaction transaction, DateTime now)
    {
        Instances.Add(instance);
        Captured.Add(instance);
        var log = transaction.LogOf(Database, now);
        _state = _state with { Instances = _state.Instances.Add(instance, new InstanceState(Database.Log.Append(), ChangeRows.Empty)) };
        log.Define(transaction, new Definition(instance.Source, null, now));
        transaction.OnRollback(() => Forget(instance));
        // Only members of the gating role may call the functions; without one everybody may, and what they return depends on the source.
        var security = CdcObjects.FunctionsOf(instance).Aggregate(Database.Security,
            (all, function) => all.With(new Permission(instance.Role ?? DatabaseSecurity.Public, "SELECT", "cdc", function, null, false)));
        Secure(security, transaction);
        Engine.SchemaChanged();
    }

    /// <summary>Takes an instance out of sight. Until the commit its changes are captured, so that a rollback loses none.</summary>
    public void Remove(CaptureInstance instance, Transaction transaction, DateTime now)
    {
        var place = Instances.IndexOf(instance);
        Instances.RemoveAt(place);
        Secure(CdcObjects.FunctionsOf(instance).Append(instance.ChangeTableName).Aggregate(Database.Security, (all, name) => all.WithoutObject("cdc", name)), transaction);
        transaction.LogOf(Database, now).Define(transaction, new Definition(instance.Source, null, now, Removed: instance));
        transaction.OnRollback(() =>
        {
            Instances.Insert(Math.Min(place, Instances.Count), instance);
            Engine.SchemaChanged();
        });
        Engine.SchemaChanged();
    }

    public void Committed(TransactionLog log, Lsn commit, DateTime now)
    {
        foreach (var definition in log.Definitions)
        {
            if (definition.Removed is { } removed)
            {
                Forget(removed);
            }
        }
        if (log.Records.Count > 0 || log.Definitions.Count > 0)
        {
            Capture.Enqueue(new CommittedTransaction(log.Begin, commit, log.BeginTime, now, log.Records, log.Definitions));
        }
    }

    /// <summary>
    /// The capture job came to a definition: it enters the history of each instance of its table, and a changed type changes the
    /// change table (Microsoft Learn, "About change data capture", handling changes to source tables).
    /// </summary>
    public void Apply(Definition definition, Lsn commit)
    {
        foreach (var instance in Captured.FindAll(i => i.Source == definition.Table && State.Instances[i].StartLsn <= commit))
        {
            var isCaptured = definition.Altered is { } altered && instance.Columns.Any(c => c.Source.Id == altered.Id);
            DdlHistory.Add(new DdlRecord(instance.Source.ObjectId, instance.ObjectId, isCaptured, definition.Command!, commit, definition.Time));
            if (isCaptured)
            {
                Replace(instance, instance.With(definition.Altered!, definition.AlteredType!));
            }
        }
    }

    /// <summary>Moves the low end of instances up to an LSN, then deletes the rows below it, not more than the threshold at a time.</summary>
    public void CleanUp(Lsn low, Func<CaptureInstance, bool> which, long threshold = long.MaxValue)
    {
        var chosen = _state.Instances.Where(pair => which(pair.Key)).Select(pair => pair.Key).ToList();
        var moved = _state.Instances.ToBuilder();
        foreach (var instance in chosen.Where(instance => moved[instance].StartLsn < low))
        {
            moved[instance] = moved[instance] with { StartLsn = low };
        }
        // Readers look at the state without the gate: they see the low end move before the first row goes, as on the real server.
        Publish(_state with { Instances = moved.ToImmutable() });
        foreach (var instance in chosen)
        {
            while (Delete(instance, threshold) > 0)
            {
            }
        }
        var oldest = _state.Instances.Count == 0 ? low : _state.Instances.Values.Min(state => state.StartLsn);
        var kept = _state.TimeMapping.Seek(CaptureInstance.KeyOrder, [0], new KeyRange([], oldest.ToBytes(), true, null, true));
        // The newest entry stays, or max_lsn would be lost.
        kept = Math.Min(kept, Math.Max(0, _state.TimeMapping.Count - 1));
        Publish(_state with { TimeMapping = _state.TimeMapping.Skip(kept) });
    }

    public CdcSnapshot Save() => new([.. Instances], _state, [.. DdlHistory], Capture.Save(), Cleanup.Settings);

    public void Load(CdcSnapshot snapshot)
    {
        (DdlHistory, _state) = ([.. snapshot.DdlHistory], snapshot.State);
        foreach (var list in new[] { Instances, Captured })
        {
            list.Clear();
            list.AddRange(snapshot.Instances);
        }
        Cleanup.Set(snapshot.Cleanup);
        Capture.Load(snapshot.Capture);
    }

    public void Dispose()
    {
        Capture.Dispose();
        Cleanup.Dispose();
    }

    private void Secure(DatabaseSecurity security, Transaction transaction)
    {
        var before = Database.Security;
        Database.Security = security;
        transaction.OnRollback(() => Database.Security = before);
    }

    private int Delete(CaptureInstance instance, long threshold)
    {
        var state = _state.Instances[instance];
        var below = state.Rows.Seek(CaptureInstance.KeyOrder, instance.KeyPositions, new KeyRange([], state.StartLsn.ToBytes(), true, null, true));
        var count = (int)Math.Min(below, threshold);
        if (count > 0)
        {
            Publish(_state with { Instances = _state.Instances.SetItem(instance, state with { Rows = state.Rows.Skip(count) }) });
        }
        return count;
    }

    private void Replace(CaptureInstance instance, CaptureInstance altered)
    {
        foreach (var list in new[] { Instances, Captured })
        {
            if (list.IndexOf(instance) is >= 0 and var place)
            {
                list[place] = altered;
            }
        }
        var state = _state.Instances[instance];
        _state = _state with { Instances = _state.Instances.Remove(instance).Add(altered, state with { Rows = Converted(state.Rows, instance, altered) }) };
        Engine.SchemaChanged();
    }

    // Values of old rows that the new type cannot hold are lost here; the real job fails on them with this error.
    private ChangeRows Converted(ChangeRows rows, CaptureInstance instance, CaptureInstance altered)
    {
        var column = Enumerable.Range(0, instance.Columns.Count).First(i => instance.Columns[i] != altered.Columns[i]);
        var (position, from, to) = (CaptureInstance.LeadingColumns + column, instance.Columns[column].Type, altered.Columns[column].Type);
        var lost = 0;
        var converted = rows.Select(row =>
        {
            var made = (object?[])row.Clone();
            try
            {
                made[position] = Conversion.To(row[position], from, to);
            }
            catch (Sessions.SqlErrorException)
            {
                made[position] = null;
                lost++;
            }
            return made;
        });
        if (lost > 0)
        {
            var name = altered.Columns[column].Source.Name;
            Capture.Log.Failed(Engine.LocalNow(), CdcErrors.CouldNotAlter(name, instance.ChangeTableName, instance.Source.FullName), null);
        }
        return converted;
    }

    // "Deletes any rows associated with the specified capture instance from the change data capture system tables."
    private void Forget(CaptureInstance instance)
    {
        Instances.Remove(instance);
        Captured.Remove(instance);
        DdlHistory.RemoveAll(record => record.ObjectId == instance.ObjectId);
        _state = _state with { Instances = _state.Instances.Remove(instance) };
        Engine.SchemaChanged();
    }
}

/// <summary>All of a database's change data capture at one moment, for a backup.</summary>
internal sealed record CdcSnapshot(
    ImmutableArray<CaptureInstance> Instances, CdcState State, ImmutableArray<DdlRecord> DdlHistory, CaptureSnapshot Capture, CleanupJobSettings? Cleanup);
