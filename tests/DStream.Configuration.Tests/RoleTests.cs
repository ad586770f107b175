namespace DStream.Configuration.Tests;

/// <summary>Each host needs its own secrets only.</summary>
public sealed class RoleTests
{
    private const string Names = "server_name = \"db1\"\n  database_name = \"Shop\"";

    [Fact]
    public void Load_AsIngester_NeedsNoVariableOfRouter()
    {
        var config = Config.Load(File(), ConfigRoles.Ingester, ("SQL", Config.Sql), ("QUEUE", Config.Bus), ("BLOB", Config.Blob)).GetOrThrow();

        Assert.Null(config.Router);
        Assert.Equal("db1.corp.shop.persons.events", Assert.Single(config.Ingester!.Tables).Destination);
    }

    [Fact]
    public void Load_AsRouterWithNames_NeedsNoVariableOfIngester()
    {
        var config = Config.Load(File(Names), ConfigRoles.Router, ("PUB", Config.Bus)).GetOrThrow();

        Assert.Null(config.Ingester);
        Assert.Equal(["db1.shop.persons.events"], config.Router!.Destinations);
        Assert.Equal("changes", config.Router.Source.Name);
    }

    [Fact]
    public void Load_AsRouterWithDestinations_NeedsNoVariableOfIngester()
    {
        var config = Config.Load(File("", "destinations = [\"A.b.c.events\"]"), ConfigRoles.Router, ("PUB", Config.Bus)).GetOrThrow();

        Assert.Equal(["a.b.c.events"], config.Router!.Destinations);
    }

    [Fact]
    public void Load_AsRouterWithoutNames_SaysHowToDoWithoutThePassword()
    {
        var error = Config.Error(File(), ConfigRoles.Router, ("PUB", Config.Bus));

        Assert.Equal("environment variable SQL is not set", error.Message);
        Assert.Contains("server_name and database_name", error.Remedy, StringComparison.Ordinal);
        Assert.Contains("destinations", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AsRouterWithoutNames_TakesThemFromConnectionString()
    {
        var config = Config.Load(File(), ConfigRoles.Router, ("PUB", Config.Bus), ("SQL", Config.Sql)).GetOrThrow();

        Assert.Equal(["db1.corp.shop.persons.events"], config.Router!.Destinations);
    }

    [Fact]
    public void Load_AsRouterWithoutIngesterBlock_NeedsDestinations()
    {
        const string Router = "router {\n source { type = \"memory\" }\n output { type = \"console\" }\n}\n";

        var error = Config.Error(Router, ConfigRoles.Router);
        var config = Config.Load(Router.Replace("source", "destinations = [\"x\"]\nsource", StringComparison.Ordinal), ConfigRoles.Router).GetOrThrow();

        Assert.Contains("block router has no key destinations", error.Message, StringComparison.Ordinal);
        Assert.Equal("ingest-queue", config.Router!.Source.Name);
    }

    [Fact]
    public void Load_AsIngester_StillChecksRouterBlock()
    {
        var error = Config.Error(Config.Ingester() + "router {\n sesions = 3\n source { type = \"memory\" }\n output { type = \"console\" }\n}\n");

        Assert.Contains("unknown key sesions in block router", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NamesInIngester_RenameTopics()
    {
        var ingester = Config.LoadIngester(Config.Ingester(more: Names));

        Assert.Equal(("db1", "Shop", "db1.shop.persons.events"), (ingester.ServerName, ingester.DatabaseName, ingester.Tables[0].Destination));
    }

    private static string File(string names = "", string destinations = "") => $$"""
        ingester {
          {{names}}
          db_connection_string = "${env("SQL")}"
          tables = ["Persons"]
          queue {
            type = "servicebus"
            name = "changes"
            connection_string = "${env("QUEUE")}"
          }
          locks {
            type = "azure_blob"
            connection_string = "${env("BLOB")}"
          }
        }
        publisher {
          {{destinations}}
          source {
            type = "servicebus"
            connection_string = "${env("PUB")}"
          }
          output {
            type = "servicebus"
            connection_string = "${env("PUB")}"
          }
        }
        """;
}
