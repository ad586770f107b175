using System.Security.Cryptography;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;

namespace DStream.Tests.Shared;

/// <summary>Azurite in a container, with an account and a key of its own.</summary>
internal sealed class AzuriteContainer : IAsyncDisposable
{
    private const string Image = "mcr.microsoft.com/azure-storage/azurite:latest";
    private const int BlobPort = 10000;

    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
    private readonly IContainer _container;

    private AzuriteContainer() => _container = new ContainerBuilder(Image)
        .WithEnvironment("AZURITE_ACCOUNTS", $"test:{_key}")
        .WithCommand("azurite-blob", "--blobHost", "0.0.0.0", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry")
        .WithPortBinding(BlobPort, assignRandomHostPort: true)
        .WithWaitStrategy(Wait.ForUnixContainer().UntilMessageIsLogged("Azurite Blob service is successfully listening"))
        .Build();

    private string ConnectionString => "DefaultEndpointsProtocol=http;AccountName=test;"
        + $"AccountKey={_key};BlobEndpoint=http://{_container.Hostname}:{_container.GetMappedPublicPort(BlobPort)}/test;";

    public static async Task<(IAsyncDisposable Container, string ConnectionString)> StartAsync(CancellationToken cancellationToken)
    {
        var azurite = new AzuriteContainer();
        try
        {
            await azurite._container.StartAsync(cancellationToken);
            return (azurite, azurite.ConnectionString);
        }
        catch
        {
            await azurite.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _container.DisposeAsync();
}
