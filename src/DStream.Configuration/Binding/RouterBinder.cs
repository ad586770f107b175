using DStream.Core;

namespace DStream.Configuration.Binding;

/// <summary>Makes the router's record; see <see cref="IngesterBinder"/> for what happens to errors.</summary>
internal sealed class RouterBinder
{
    private readonly Section _section;
    private readonly Section? _source;
    private readonly Field<IReadOnlyList<Field<string>>> _destinations;

    internal RouterBinder(Section section)
    {
        _section = section;
        _source = section.Block("source");
        _destinations = section.TextList("destinations", section.IsEvaluated);
    }

    /// <summary>Whether the topics must come from the ingester's tables.</summary>
    internal bool NeedsNames => _section.IsEvaluated && !_destinations.IsWritten;

    /// <summary>Whether the queue's name must come from the ingester's queue.</summary>
    internal bool NeedsQueueName => _section.IsEvaluated && _source?.Attribute("name") is null;

    internal RouterConfig? Bind(BoundIngester? ingester)
    {
        var source = Source(ingester);
        var output = Output();
        var sessions = _section.Integer("sessions");
        var destinations = Destinations(ingester);
        if (!_section.IsEvaluated)
            return null;
        return new RouterConfig { Source = source, Output = output, Destinations = destinations, Sessions = (int)(sessions.Value ?? 0) };
    }

    private QueueConfig Source(BoundIngester? ingester)
    {
        var provider = _source?.Provider("type", _section.Context.Known.Queues);
        return new QueueConfig
        {
            Type = provider?.Type ?? "",
            Name = _source?.EntityName("name", _section.IsEvaluated) ?? ingester?.QueueName ?? DefaultQueueName,
            ConnectionString = _source?.ConnectionString(provider) ?? "",
            Transport = _source?.Transport(provider) ?? default,
            CreateEntities = _source?.Boolean("create").Value ?? default,
        };
    }

    private static string DefaultQueueName =>
        (string)Schema.ConfigSchema.File.Block("ingester").Block("queue").Key("name").Default!;

    private OutputConfig Output()
    {
        var output = _section.Block("output");
        var provider = output?.Provider("type", _section.Context.Known.Outputs);
        output?.ReportNoAdministration(provider);
        output?.CheckDuplicates(provider);
        return new OutputConfig
        {
            Type = provider?.Type ?? "",
            ConnectionString = output?.ConnectionString(provider) ?? "",
            Transport = output?.Transport(provider) ?? default,
            Address = output?.Address(provider) ?? OutputConfig.DefaultAddress,
            Subscription = output?.Subscription("subscription") ?? "",
            CreateEntities = output?.Boolean("create").Value ?? default,
        };
    }

    private IReadOnlyList<string> Destinations(BoundIngester? ingester)
    {
        if (_destinations.IsWritten)
            return OwnDestinations();
        if (ingester is null && NeedsNames)
            _section.ReportMissing(
                "destinations",
                "add destinations = [\"server.database.table.events\"], or an ingester block with the tables");
        return ingester?.Destinations ?? [];
    }

    private List<string> OwnDestinations()
    {
        var names = new List<string>();
        var seen = new HashSet<string>();
        foreach (var field in _destinations.Value ?? [])
        {
            if (!field.TryGet(out var text))
                continue;
            if (!DestinationName.TryParse(text, out _, out var error))
                _section.Errors.Add(
                    field.Position,
                    $"destinations has {field.Shown}, and {error}",
                    "write a topic's name, as in \"server.database.table.events\"");
            else if (!seen.Add(text.ToLowerInvariant()))
                _section.Errors.Add(field.Position, $"destination {field.Shown} stands twice", "keep one of the two");
            else
                names.Add(text.ToLowerInvariant());
        }
        if (_destinations.Value is { Count: 0 })
            _section.Errors.Add(
                _destinations.Position,
                "destinations is empty",
                "name at least one topic, or leave the key out to take the ingester's tables");
        return names;
    }
}
