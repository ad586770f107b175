using Xunit.v3;

namespace DStream.Tests.Shared;

/// <summary>
/// Marks tests that command faults, which only a stand-in has: they are skipped where the server is a real one. Trait <c>Needs=StandIn</c>, and
/// <c>NeedsStandIn</c> with each server's name.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsStandInAttribute(params string[] servers) : Attribute, ITraitAttribute
{
    internal const string Trait = "NeedsStandIn";

    /// <summary>Of <see cref="TestServer"/>.</summary>
    public IReadOnlyList<string> Servers { get; } = servers;

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() =>
        [new("Needs", "StandIn"), .. Servers.Select(static server => new KeyValuePair<string, string>(Trait, server))];
}
