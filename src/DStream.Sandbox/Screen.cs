using System.Globalization;
using System.Text;
using DStream.Core;
using DStream.Sandbox.Verification;
using DStream.Sandbox.Workloads;

namespace DStream.Sandbox;

/// <summary>What the sandbox shows: the first messages whole, then one line a second.</summary>
internal sealed class Screen(TextWriter output, TimeProvider time)
{
    private const int ShownWhole = 4;

    private readonly Lock _gate = new();
    private int _shown;
    private bool _hasEnded;
    private long _lastDelivered;
    private TimeSpan _lag;
    private ReceivedMessage? _latest;

    /// <summary>Takes note of a message that arrived.</summary>
    internal void Delivered(ReceivedMessage message, DeliveredChange change)
    {
        lock (_gate)
        {
            _latest = message;

            // A delete carries the time of the row's last update, which says nothing about the delete's way.
            if (change.Operation != ChangeOperation.Delete) _lag = time.GetUtcNow().UtcDateTime - change.UpdatedAt;
            if (!_hasEnded && _shown++ < ShownWhole) output.WriteLine($"{message.Destination} <- {Encoding.UTF8.GetString(message.Message.Body.Span)}");
        }
    }

    /// <summary>One line a second until cancelled, and one at the end, after which nothing is shown: messages arrive until the consumers stop.</summary>
    internal async Task RunAsync(CommittedLog committed, DeliveredLog delivered, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken)) ShowCounts(committed, delivered);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                ShowCounts(committed, delivered);
                _hasEnded = true;
            }
        }
    }

    private void ShowCounts(CommittedLog committed, DeliveredLog delivered)
    {
        lock (_gate)
        {
            var count = delivered.Count;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"committed {committed.Count,8}  delivered {count,8}  {count - _lastDelivered,6}/s  lag {_lag.TotalMilliseconds,6:0} ms  {Latest()}"));
            _lastDelivered = count;
        }
    }

    private string Latest() => _latest?.Message.Headers is { } headers ? $"{headers.Destination} {headers.OperationType}" : "";
}
