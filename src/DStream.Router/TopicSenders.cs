using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using DStream.Core;

namespace DStream.Router;

/// <summary>The senders of all configured topics, fixed at the start.</summary>
internal sealed class TopicSenders : IAsyncDisposable
{
    // Service Bus compares entity names without regard to case.
    private readonly FrozenDictionary<string, TopicSender> _topics;

    internal TopicSenders(IEnumerable<TopicSender> topics) =>
        _topics = topics.ToFrozenDictionary(static topic => topic.Topic, StringComparer.OrdinalIgnoreCase);

    internal int Count => _topics.Count;

    internal bool TryGet(string destination, [NotNullWhen(true)] out TopicSender? sender) => _topics.TryGetValue(destination, out sender);

    /// <summary>Opens all; returns what failed. Each use tries the missing ones again.</summary>
    internal async Task<IReadOnlyList<ProviderException>> OpenAllAsync(CancellationToken cancellationToken)
    {
        var failures = new List<ProviderException>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(_topics.Values, options, async (topic, token) =>
        {
            try
            {
                await topic.OpenAsync(token);
            }
            catch (ProviderException problem)
            {
                lock (failures) failures.Add(problem);
            }
        });
        return failures;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var topic in _topics.Values) await topic.DisposeAsync();
    }
}
