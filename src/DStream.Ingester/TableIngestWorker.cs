using DStream.Configuration;
using DStream.Core;
using DStream.Hosting;
using Microsoft.Extensions.Hosting;

namespace DStream.Ingester;

/// <summary>
/// The worker of one table: takes the lease, fences earlier owners, runs the loop, and begins again after whatever ended it. Its failures
/// are its own (I7).
/// </summary>
internal sealed class TableIngestWorker(TableConfig table, IngestContext context, ILogger<TableIngestWorker> log) : BackgroundService
{
    private readonly SourceTable _source = new(context.Config.ServerName, context.Config.DatabaseName, table.Name);
    private readonly PollingSchedule _schedule = new(table.PollInterval, table.MaxPollInterval);
    private readonly string _name = table.Name.ToString();

    // Names of tables are compared without regard to case, and so must be their leases: replicas whose configurations spell a table
    // differently, as during a roll-out, are rivals all the same (I2).
    private readonly string _leaseName =
        new SourceTable(context.Config.ServerName, context.Config.DatabaseName, table.Name).ToString().ToLowerInvariant();

    private int _failures;
    private ChangePosition? _gapAfter;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        context.Status.Set(new TableStatus(table.Name, TableState.Starting));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var wait = await RunOnceAsync(stoppingToken);
                await Task.Delay(wait, context.Time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }

        context.Status.Set(new TableStatus(table.Name, TableState.Stopped));
    }

    /// <summary>One turn of ownership, or an attempt at it; returns how long to wait before the next.</summary>
    private async Task<TimeSpan> RunOnceAsync(CancellationToken stopping)
    {
        try
        {
            await using var lease = await context.Leases.TryAcquireAsync(_leaseName, stopping);
            if (lease is null)
            {
                if (Report(TableState.Standby)) Log.Standby(log, _name);
                return StandbyWait();
            }

            await OwnAsync(lease, stopping);
            return TimeSpan.Zero;
        }
        catch (OwnershipLostException lost)
        {
            Log.OwnershipLost(log, _name, lost.Message);
            Report(TableState.Standby);
            return StandbyWait();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception problem)
        {
            return AfterFailure(problem);
        }
    }

    private async Task OwnAsync(ILease lease, CancellationToken stopping)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Lost);
        using var working = new GracefulWork(context.Time, stopping, lease.Lost);
        try
        {
            var sender = await context.Queue.OpenAsync(reading.Token);
            await using var reader = await context.Source.OpenAsync(table.Name, reading.Token);
            var start = await BeginAsync(lease, reader.Table, reading.Token);
            Log.Owned(log, _name, reader.Table.CaptureInstance, start.Position, start.Epoch);
            await RunLoopAsync(lease, reader, sender, start, reading.Token, working.Token);
            Log.Released(log, _name);
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            throw new OwnershipLostException("The lease was lost or could not be renewed in time.");
        }
    }

    /// <summary>Raises the epoch, and fixes the beginning of a table that has no checkpoint: the low end of its capture instance.</summary>
    private async Task<Start> BeginAsync(ILease lease, TableDescription description, CancellationToken cancellationToken)
    {
        var checkpoint = await context.Checkpoints.BeginEpochAsync(_source, context.Owner, cancellationToken);
        var writer = new CheckpointWriter(
            context.Checkpoints, _source, checkpoint.Epoch, checkpoint.Position, context.Config.Checkpoints.IdleInterval, lease,
            context.Resilience, context.Time);
        if (checkpoint.Position is { } saved) return new Start(checkpoint.Epoch, saved, writer);

        // Saved at once: from here on a cleanup that passes this point is a gap that shows, also after a restart (I3).
        var beginning = ChangePosition.Before(description.LowLsn);
        await writer.SaveAsync(beginning, cancellationToken);
        return new Start(checkpoint.Epoch, beginning, writer);
    }

    private async Task RunLoopAsync(
        ILease lease, ITableChangeReader reader, IMessageSender sender, Start start, CancellationToken reading, CancellationToken working)
    {
        var envelope = new Envelope(_source with { Table = reader.Table.Name }, table.Destination, context.Config.Queue.Name);
        var watch = new TableWatch(reader.Table, table.PollInterval, start.Position);
        var loop = new IngestLoop(
            reader, start.Writer, new PageSender(envelope, reader.Table, sender, lease, context.Resilience, context.Metrics), watch,
            context.Watcher, _schedule, new BatchSizer(context.Config.MaxPageBytes), context.Time, context.Metrics)
        {
            // Not before: a table that fails again at its first page was never well in between.
            Progressed = position =>
            {
                _failures = 0;
                _gapAfter = null;
                Report(TableState.Running, position);
            },
        };
        context.Watcher.Add(watch);
        try
        {
            await loop.RunAsync(start.Position, reading, working);
        }
        finally
        {
            context.Watcher.Remove(watch);
        }
    }

    private TimeSpan AfterFailure(Exception problem)
    {
        var wait = _schedule.AfterFailure(++_failures, context.Random());
        if (problem is ChangeDataLostException gap)
        {
            // One gap is one gap, however often it is run into until somebody decides.
            if (_gapAfter != gap.Position) context.Metrics.Gap(_name);
            _gapAfter = gap.Position;
            Log.Gap(log, _name, problem.Message);
        }
        else if (problem is ProviderException or MessageTooLargeException)
        {
            Log.TableFailed(log, _name, wait.TotalSeconds, problem.Message);
        }
        else
        {
            Log.TableDefect(log, _name, wait.TotalSeconds, problem);
        }

        context.Status.Set(new TableStatus(table.Name, TableState.Unhealthy, Problem: problem.Message));
        return wait;
    }

    /// <summary>A standby looks several times in a lease's duration, so that a released lease is taken up soon.</summary>
    private TimeSpan StandbyWait() => context.Config.Locks.LeaseDuration / 6 * (0.8 + (0.4 * context.Random()));

    private bool Report(TableState state, ChangePosition? position = null) =>
        context.Status.Set(new TableStatus(table.Name, state, position))?.State != state;

    private sealed record Start(long Epoch, ChangePosition Position, CheckpointWriter Writer);
}
