namespace DStream.Configuration;

/// <summary>The <c>locks</c> block: who owns which table.</summary>
public sealed record LocksConfig
{
    /// <summary>The provider's canonical type; aliases are resolved.</summary>
    public required string Type { get; init; }

    /// <summary>A secret. Empty where the provider takes none. A bare https address means Entra ID credentials.</summary>
    public string ConnectionString { get; init; } = "";

    public string ContainerName { get; init; } = "locks";

    /// <summary>15 to 60 seconds, the range that a blob lease allows.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(30);

    // I8
    public override string ToString() =>
        $"LocksConfig {{ Type = {Type}, ConnectionString = {Secret.Mask(ConnectionString)}, ContainerName = {ContainerName}, "
        + $"LeaseDuration = {LeaseDuration} }}";
}
