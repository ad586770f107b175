using DStream.Core;
using DStream.Hosting;

namespace DStream.Ingester;

/// <summary>
/// The way of one table's rows while this process owns it: read a page, send it, save the position, until there is nothing more; then
/// wait. One page is read ahead while the one before it is sent.
/// </summary>
internal sealed class IngestLoop(
    ITableChangeReader reader,
    CheckpointWriter checkpoint,
    PageSender sender,
    TableWatch watch,
    LsnWatcher watcher,
    PollingSchedule schedule,
    BatchSizer sizer,
    TimeProvider time,
    IngestMetrics metrics)
{
    private readonly string _tableName = reader.Table.Name.ToString();
    private ChangePosition _position;

    /// <summary>Called after each page that was delivered and each poll that went well.</summary>
    internal Action<ChangePosition>? Progressed { get; init; }

    /// <summary>Runs until reading is cancelled, then returns with everything that was sent saved; throws what it cannot go on after.</summary>
    /// <param name="position">Where to begin.</param>
    /// <param name="reading">Ends reading and waiting: the host stops, or the lease is lost.</param>
    /// <param name="working">Ends what is in flight: the lease is lost, or the grace of a stop is over.</param>
    internal async Task RunAsync(ChangePosition position, CancellationToken reading, CancellationToken working)
    {
        _position = position;
        var interval = schedule.BaseInterval;
        try
        {
            await watcher.WaitForFirstAsync(reading);
            while (true)
            {
                _position = watch.SkipQuiet(_position);
                var upTo = watcher.Max;
                var found = await CatchUpAsync(upTo, reading, working);
                interval = found ? schedule.AfterChanges : schedule.AfterIdle(interval);
                Progressed?.Invoke(_position);
                await checkpoint.SaveIfDueAsync(_position, working);

                // The watcher does not wake a busy worker: what was captured meanwhile is read at once.
                if (found && watcher.Max > upTo) continue;
                await WaitAsync(interval, reading, working);
                watch.EndWait();
            }
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested && !working.IsCancellationRequested)
        {
            // Stopping: what an idle table has been read up to is worth saving too.
            await checkpoint.SaveAsync(watch.SkipQuiet(_position), working);
        }
    }

    /// <summary>Waits for the watcher or the interval. An idle position is saved on the way, since the interval may be far longer than
    /// the cleanup's patience (I3).</summary>
    private async Task WaitAsync(TimeSpan interval, CancellationToken reading, CancellationToken working)
    {
        var began = time.GetTimestamp();
        while (interval - time.GetElapsedTime(began) is var left && left > TimeSpan.Zero)
        {
            var due = checkpoint.DueIn;
            if (due < TimeSpan.Zero) due = TimeSpan.Zero;
            if (await watch.WaitAsync(_position, due < left ? due : left, time, reading)) return;
            _position = watch.SkipQuiet(_position);
            await checkpoint.SaveIfDueAsync(_position, working);
        }
    }

    /// <summary>Reads and sends page after page up to that LSN; whether there was anything.</summary>
    private async Task<bool> CatchUpAsync(Lsn upTo, CancellationToken reading, CancellationToken working)
    {
        if (_position.NextLsn > upTo) return false;
        var found = false;
        Task<ChangeBatch>? next = ReadAsync(_position, upTo, reading);
        try
        {
            while (next is not null)
            {
                using var page = await next;
                next = page.HasMore ? ReadAsync(page.Next, upTo, reading) : null;
                if (page.Events.Length > 0)
                {
                    found = true;
                    await DeliverAsync(page, working);
                }

                _position = page.Next;
                Progressed?.Invoke(_position);
            }
        }
        finally
        {
            if (next is not null) await DiscardAsync(next);
        }

        return found;
    }

    private async Task<ChangeBatch> ReadAsync(ChangePosition after, Lsn upTo, CancellationToken reading)
    {
        var page = await reader.ReadAsync(after, upTo, sizer.Next, reading);
        sizer.Observe(page.Events.Length, page.DataBytes);
        metrics.Read(_tableName, page.Events.Length);
        return page;
    }

    private async Task DeliverAsync(ChangeBatch page, CancellationToken working)
    {
        try
        {
            await sender.SendAsync(page.Events, working);
        }
        catch (Exception error) when (error is not OwnershipLostException && sender.SentUpTo is not null)
        {
            // What the queue accepted before the failure need not be sent again.
            await checkpoint.TrySaveAsync(sender.SentUpTo.Value, working);
            throw;
        }

        await checkpoint.SaveAsync(page.Next, working); // I1: only after the queue accepted the whole page
    }

    private static async Task DiscardAsync(Task<ChangeBatch> next)
    {
        try
        {
            (await next).Dispose();
        }
        catch (Exception)
        {
            // The failure that ended the loop is on its way already; a page nobody waits for adds nothing to it.
        }
    }
}
