namespace DStream.AzureBlob;

/// <summary>Where leases are kept and how long they last.</summary>
public sealed record AzureBlobLeaseOptions
{
    /// <summary>The container where the configuration names none.</summary>
    public const string DefaultContainer = "locks";

    /// <summary>
    /// A connection string with key or SAS, <c>UseDevelopmentStorage=true</c> for a local emulator, an account's https address with a SAS, or
    /// the bare address for the identity that DefaultAzureCredential finds. A secret.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>The container, made when it is missing: 3 to 63 lower-case letters, digits and single hyphens.</summary>
    public string Container { get; init; } = DefaultContainer;

    /// <summary>How long a lease lasts unless it is renewed: 15 to 60 whole seconds, default 30.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Without the connection string (I8).</summary>
    public override string ToString() => $"AzureBlobLeaseOptions {{ Container = {Container}, LeaseDuration = {LeaseDuration} }}";
}
