using DStream.Core;

namespace DStream.Configuration.Tests;

public sealed class SeedFileTests
{
    private static readonly (string, string)[] Variables =
    [
        ("DSTREAM_DB_CONNECTION_STRING", "sqlserver://user:pass@localhost:1433?database=TestDB"),
        ("DSTREAM_INGEST_CONNECTION_STRING", Config.Bus),
        ("DSTREAM_BLOB_CONNECTION_STRING", Config.Blob),
        ("DSTREAM_PUBLISHER_CONNECTION_STRING", Config.Bus),
    ];

    [Fact]
    public void Load_SeedFileVerbatim_GivesIngester()
    {
        var ingester = Load("seed.hcl").Ingester!;

        Assert.Equal("sqlserver", ingester.DbType);
        Assert.Equal(("localhost", "TestDB"), (ingester.ServerName, ingester.DatabaseName));
        Assert.Equal(
            new QueueConfig { Type = "azure_service_bus", Name = "ingest-queue", ConnectionString = Config.Bus },
            ingester.Queue);
        Assert.Equal(new LocksConfig { Type = "azure_blob", ContainerName = "locks", ConnectionString = Config.Blob }, ingester.Locks);
        Assert.Equal(new CheckpointConfig(), ingester.Checkpoints);
        Assert.Equal((ReadMode.Auto, UpdateImages.After, ValueFormat.Typed), (ingester.ReadMode, ingester.UpdateImages, ingester.Values));
    }

    [Fact]
    public void Load_SeedFileVerbatim_AppliesOverrideToTable()
    {
        var table = Assert.Single(Load("seed.hcl").Ingester!.Tables);

        var expected = new TableConfig
        {
            Name = new TableName("dbo", "Persons"),
            PollInterval = TimeSpan.FromSeconds(5),
            MaxPollInterval = TimeSpan.FromMinutes(10),
            Destination = "localhost.testdb.persons.events",
        };
        Assert.Equal(expected, table);
    }

    [Fact]
    public void Load_SeedFileVerbatim_GivesRouterWithNamesOfIngester()
    {
        var router = Load("seed.hcl").Router!;

        Assert.Equal(("azure_service_bus", "ingest-queue"), (router.Source.Type, router.Source.Name));
        Assert.Equal(("azure_service_bus", "sub1", true), (router.Output.Type, router.Output.Subscription, router.Output.CreateEntities));
        Assert.Equal(["localhost.testdb.persons.events"], router.Destinations);
        Assert.Equal(32, router.Sessions);
    }

    [Fact]
    public void Load_TopLevelFile_EqualsSeed()
    {
        var seed = Load("seed.hcl");
        var own = Load("dstream.hcl");

        Assert.Equal(seed.Ingester!.ToString(), own.Ingester!.ToString());
        Assert.Equal(seed.Router!.ToString(), own.Router!.ToString());
    }

    private static DStreamConfig Load(string file) =>
        ConfigLoader.Load(Files.Path(file), KnownProviders.Shipped, Config.Environment(Variables)).GetOrThrow();
}
