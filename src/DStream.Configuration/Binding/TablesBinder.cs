using DStream.Configuration.Schema;
using DStream.Core;

namespace DStream.Configuration.Binding;

/// <summary>Makes the list of tables: names, overrides, intervals and destinations.</summary>
internal sealed class TablesBinder(Section ingester, string? server, string? database, bool needsNames)
{
    private readonly Dictionary<TableName, Overrides> _overrides = [];

    /// <summary>What holds for tables without an override of their own.</summary>
    private sealed record Defaults(TimeSpan PollInterval, TimeSpan? MaxPollInterval, ReadMode ReadMode, UpdateImages UpdateImages);

    private sealed record Overrides(Section Block, Field<TimeSpan?> Poll, Field<TimeSpan?> Max, ReadMode? ReadMode, UpdateImages? UpdateImages);

    internal IReadOnlyList<TableConfig> Bind()
    {
        var names = Names();
        var defaults = ReadDefaults();
        ReadOverrides([.. names.Select(n => n.Name)]);
        var tables = names.Select(n => Table(n.Name, defaults)).ToList();
        ReportCollisions(names, tables);
        return tables;
    }

    private List<(TableName Name, Field<string> Field)> Names()
    {
        var names = new List<(TableName Name, Field<string> Field)>();
        var list = ingester.TextList("tables", needsNames);
        if (list.Value is { Count: 0 })
            ingester.Errors.Add(
                list.Position,
                "tables is empty",
                "name at least one table, as in tables = [\"Persons\", \"sales.Orders\"]");
        var seen = new HashSet<TableName>();
        foreach (var field in list.Value ?? [])
        {
            if (ReadName(field, "tables") is not { } name)
                continue;
            if (!seen.Add(name))
                ingester.Errors.Add(
                    field.Position,
                    $"table {field.Shown} stands twice in tables (letter case does not tell names apart, and dbo is the schema of a name without one)",
                    "keep one of the two");
            else
                names.Add((name, field));
        }
        return names;
    }

    private TableName? ReadName(Field<string> field, string key)
    {
        if (!field.TryGet(out var text))
            return null;
        if (TableName.TryParse(text, out var name, out var error))
            return name;
        // The reason quotes the name itself, which may have come from the environment.
        var reason = field.IsFromEnvironment ? "it cannot be read" : error;
        ingester.Errors.Add(
            field.Position,
            $"{key} has {field.Shown}, which is no table name: {reason}",
            "write Orders, sales.Orders or [my schema].[my table]");
        return null;
    }

    private Defaults ReadDefaults()
    {
        var poll = TimeSpan.FromSeconds(5);
        TimeSpan? max = null;
        if (ingester.Block("poll_interval_defaults") is { } block)
        {
            var pollField = block.Duration("poll_interval");
            var maxField = block.Duration("max_poll_interval");
            CheckOrder(block, pollField, maxField, pollField.Value ?? poll, maxField.IsWritten ? maxField.Value : null);
            poll = pollField.Value ?? poll;
            max = maxField.IsWritten ? maxField.Value : null;
        }
        var readMode = ingester.Choice<ReadMode>("read_mode").Value ?? default;
        return new Defaults(poll, max, readMode, ingester.Choice<UpdateImages>("update_images").Value ?? default);
    }

    private void ReadOverrides(HashSet<TableName> listed)
    {
        foreach (var block in ingester.Block("tables_overrides")?.Blocks("overrides") ?? [])
        {
            // Read first, so that the errors of a block show even if it is for no table.
            var values = new Overrides(
                block,
                block.Duration("poll_interval"),
                block.Duration("max_poll_interval"),
                block.Choice<ReadMode>("read_mode").Value,
                block.Choice<UpdateImages>("update_images").Value);
            var field = block.Text("table_name", needsNames);
            if (ReadName(field, "table_name") is not { } name)
                continue;
            if (_overrides.ContainsKey(name))
                ingester.Errors.Add(field.Position, $"table {field.Shown} has two overrides blocks", "put its keys into one block");
            else if (!listed.Contains(name))
                ingester.Errors.Add(
                    field.Position,
                    $"table {field.Shown} is not in tables",
                    Nearest.Suggest(name.ToString(), [.. listed.Select(t => t.ToString())]));
            _overrides.TryAdd(name, values);
        }
    }

    private TableConfig Table(TableName name, Defaults defaults)
    {
        var own = _overrides.GetValueOrDefault(name);
        var pollInterval = own?.Poll.Value ?? defaults.PollInterval;
        var maxWritten = own?.Max.Value ?? defaults.MaxPollInterval;
        if (own is not null)
            CheckOrder(own.Block, own.Poll, own.Max, pollInterval, maxWritten);
        return new TableConfig
        {
            Name = name,
            PollInterval = pollInterval,
            // Where nobody wrote a maximum, a long interval raises it, so that it is enough to write one of the two.
            MaxPollInterval = maxWritten ?? (pollInterval > ConfigSchema.DefaultMaxPollInterval ? pollInterval : ConfigSchema.DefaultMaxPollInterval),
            Destination = server is null || database is null ? "" : DestinationName.For(server, database, name).Value,
            ReadMode = own?.ReadMode ?? defaults.ReadMode,
            UpdateImages = own?.UpdateImages ?? defaults.UpdateImages,
        };
    }

    private static void CheckOrder(Section block, Field<TimeSpan?> poll, Field<TimeSpan?> max, TimeSpan pollInterval, TimeSpan? maxInterval)
    {
        // Reported where one of the two is written; a default alone cannot be wrong.
        if (maxInterval is not { } longest || pollInterval <= longest || !(poll.IsWritten || max.IsWritten))
            return;
        var position = poll.IsWritten ? poll.Position : max.Position;
        block.Errors.Add(
            position,
            $"poll_interval \"{GoDuration.Format(pollInterval)}\" is longer than max_poll_interval \"{GoDuration.Format(longest)}\"",
            "raise max_poll_interval, or lower poll_interval");
    }

    private void ReportCollisions(List<(TableName Name, Field<string> Field)> names, List<TableConfig> tables)
    {
        var owners = new Dictionary<string, TableName>();
        foreach (var (table, (_, field)) in tables.Zip(names).Where(pair => pair.First.Destination.Length > 0))
        {
            if (!owners.TryAdd(table.Destination, table.Name))
                ingester.Errors.Add(
                    field.Position,
                    $"table {field.Shown} has the same destination as {owners[table.Destination]}",
                    "leave one of them out; their names differ only in what a topic's name cannot hold");
        }
    }
}
