using DStream.Configuration.ConnectionStrings;
using DStream.Core;
using Superpower.Model;

namespace DStream.Configuration.Binding;

/// <summary>Reads what the blocks that connect somewhere have in common: provider, connection string, names of entities.</summary>
internal static class Endpoints
{
    // https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas
    private const int MaxSubscriptionLength = 50;

    internal static KnownProvider? Provider(this Section section, string key, IReadOnlyList<KnownProvider> known)
    {
        var text = section.Text(key);
        if (!text.TryGet(out var type))
            return null;
        var found = known.FirstOrDefault(p => p.Type == type || p.Aliases.Contains(type));
        var output = section.Context.Known.Outputs.FirstOrDefault(p => p.Type == type || p.Aliases.Contains(type));
        if (found is null && output?.NoQueueBecause is { } why)
            section.Errors.Add(text.Position, $"{key} is {text.Shown}, which is for an output only: {why}", $"known are {string.Join(", ", known.Select(p => p.Type))}");
        else if (found is null)
            section.Errors.Add(
                text.Position,
                $"{key} is {text.Shown}, which is no provider of {section.Path}",
                Nearest.Suggest(type, [.. known.SelectMany(p => (string[])[p.Type, .. p.Aliases])]));
        return found;
    }

    /// <summary>The connection string, checked for its provider; empty for a provider that takes none.</summary>
    internal static string ConnectionString(this Section section, KnownProvider? provider)
    {
        if (provider is null or { ConnectionString: ConnectionStringForm.None })
            return "";
        if (section.Attribute("connection_string") is null)
            section.ReportMissing("connection_string", $"add connection_string = \"${{env(\\\"...\\\")}}\", which {provider.Type} needs");
        var text = section.Text("connection_string");
        if (!text.TryGet(out var value))
            return "";
        value = value.Trim();
        section.Report(text.Position, "connection_string", Check(provider.ConnectionString, value));
        return value;
    }

    /// <summary>What carries AMQP; written for a provider that speaks none it is an error, since it would change nothing.</summary>
    internal static AmqpTransport Transport(this Section section, KnownProvider? provider)
    {
        var transport = section.Choice<AmqpTransport>("transport");
        if (transport is { IsWritten: true, Value: not null } && provider is { HasTransports: false })
            section.Errors.Add(transport.Position, $"transport is written, and type {provider.Type} has no choice of it", "leave the key out");
        return transport.Value ?? default;
    }

    /// <summary>The pattern of a broker's addresses.</summary>
    internal static string? Address(this Section section, KnownProvider? provider)
    {
        var text = section.Text("address");
        if (!text.TryGet(out var pattern))
            return null;
        if (text.IsWritten && provider is { HasAddresses: false })
            section.Errors.Add(text.Position, $"address is written, and type {provider.Type} calls its topics by their names", "leave the key out");
        else if (pattern.Split(OutputConfig.DestinationPlace).Length != 2)
            section.Errors.Add(text.Position, $"address is {text.Shown}, which does not name the topic", $"write {OutputConfig.DestinationPlace} once, as in \"/queue/{OutputConfig.DestinationPlace}\"");
        return pattern;
    }

    /// <summary>Reports the keys of a broker's administration where the provider has none.</summary>
    internal static void ReportNoAdministration(this Section section, KnownProvider? provider)
    {
        if (provider is not { IsAdministrated: false })
            return;
        foreach (var key in (string[])["create", "subscription"])
            if (section.Attribute(key) is { } written)
                section.Errors.Add(written.Value.Position, $"{key} is written, and nothing can be created over type {provider.Type}", "leave the key out, and create what the address names on the broker");
    }

    /// <summary>Reports a broker that detects no duplicates where nobody said that they are accepted.</summary>
    internal static void CheckDuplicates(this Section section, KnownProvider? provider)
    {
        var duplicates = section.Choice<DuplicateHandling>("duplicates");
        if (provider is { MustAcceptDuplicates: true } && duplicates.Value == DuplicateHandling.Detect)
            section.Errors.Add(
                duplicates.Position,
                $"type {provider.Type} detects no duplicates: what is sent again after a failure is delivered twice",
                "write duplicates = \"accept\" where the consumers drop messages whose message id they have seen, or choose a type that detects them");
    }

    /// <summary>A database's connection string; null when it is missing, broken or not to be evaluated.</summary>
    internal static SqlTarget? SqlTarget(this Section section, string key, bool isEvaluated)
    {
        var text = section.Text(key, isEvaluated);
        if (!text.TryGet(out var value))
            return null;
        var (target, problem) = SqlConnectionText.Parse(value);
        section.Report(text.Position, key, problem);
        return target;
    }

    /// <summary>The name of a queue, which has the same rules as a topic's.</summary>
    internal static string? EntityName(this Section section, string key, bool isEvaluated)
    {
        var text = section.Text(key, isEvaluated);
        if (!text.TryGet(out var name))
            return null;
        if (DestinationName.TryParse(name, out _, out var error))
            return name;
        section.Errors.Add(text.Position, $"{key} is {text.Shown}, and {error}", "choose a name that Service Bus allows");
        return null;
    }

    internal static string? Subscription(this Section section, string key)
    {
        var text = section.Text(key);
        if (!text.TryGet(out var name))
            return null;
        var isValid = name.Length <= MaxSubscriptionLength
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            && char.IsAsciiLetterOrDigit(name[0])
            && char.IsAsciiLetterOrDigit(name[^1]);
        if (isValid)
            return name;
        section.Errors.Add(
            text.Position,
            $"{key} is {text.Shown}, which Service Bus does not allow",
            $"write up to {MaxSubscriptionLength} letters, digits, . - _, and begin and end with a letter or digit");
        return null;
    }

    // https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
    internal static string? ContainerName(this Section section, string key)
    {
        var text = section.Text(key);
        if (!text.TryGet(out var name))
            return null;
        var isValid = name.Length is >= 3 and <= 63
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            && name[0] != '-' && name[^1] != '-' && !name.Contains("--", StringComparison.Ordinal);
        if (isValid)
            return name;
        section.Errors.Add(
            text.Position,
            $"{key} is {text.Shown}, which Azure Storage does not allow",
            "write 3 to 63 lower-case letters, digits and single hyphens inside");
        return null;
    }

    internal static void Report(this Section section, Position position, string key, ConnectionStringProblem? problem)
    {
        if (problem is not null)
            section.Errors.Add(position, $"{key}: {problem.Message}", problem.Remedy);
    }

    private static ConnectionStringProblem? Check(ConnectionStringForm form, string value) => form switch
    {
        ConnectionStringForm.SqlServer => SqlConnectionText.Parse(value).Problem,
        ConnectionStringForm.ServiceBus => ServiceBusConnectionText.Check(value),
        ConnectionStringForm.Amqp => AmqpConnectionText.Check(value),
        ConnectionStringForm.RabbitMq => RabbitMqConnectionText.Check(value),
        ConnectionStringForm.AzureStorage => StorageConnectionText.Check(value),
        _ => null,
    };
}
