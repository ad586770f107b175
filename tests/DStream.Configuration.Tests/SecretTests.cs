using CsCheck;

namespace DStream.Configuration.Tests;

/// <summary>I8: no secret reaches a record's text, an error or an exception.</summary>
public sealed class SecretTests
{
    private const string Secret = "hunter2";

    private const string Whole = """
        ingester {
          db_connection_string = "Server=h;Database=d;Password=hunter2"
          tables = ["Persons"]
          queue {
            type = "servicebus"
            connection_string = "Endpoint=sb://ns/;SharedAccessKeyName=k;SharedAccessKey=hunter2"
          }
          locks {
            type = "azure_blob"
            connection_string = "AccountName=a;AccountKey=hunter2=;EndpointSuffix=core.windows.net"
          }
        }
        router {
          source {
            type = "servicebus"
            connection_string = "Endpoint=sb://ns/;SharedAccessKeyName=k;SharedAccessKey=hunter2"
          }
          output {
            type = "servicebus"
            connection_string = "Endpoint=sb://ns/;SharedAccessKeyName=k;SharedAccessKey=hunter2"
          }
        }
        """;

    [Fact]
    public void ToString_AnyRecord_HidesSecrets()
    {
        var result = Config.Load(Whole, ConfigRoles.All);

        var config = result.GetOrThrow();
        foreach (var record in (object[])[result, config, config.Ingester!, config.Ingester!.Queue, config.Ingester.Locks, config.Router!, config.Router!.Source, config.Router.Output])
        {
            Assert.DoesNotContain(Secret, record.ToString(), StringComparison.Ordinal);
            Assert.NotEmpty(record.ToString()!);
        }
        Assert.Contains("DbConnectionString = ***", config.Ingester.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("db_connection_string = \"Server=h;Password=hunter2\"")]
    [InlineData("db_connection_string = \"Server=h;Database=d;Password=a;hunter2=x\"")]
    [InlineData("db_connection_string = hunter2")]
    [InlineData("db_connection_string = Server=h;Password=hunter2")]
    [InlineData("db_connection_string = \"Password=a\"hunter2\"")]
    [InlineData("db_connection_string = \"Password=${hunter2}\"")]
    [InlineData("db_connection_string = \"Password={{hunter2}}\"")]
    [InlineData("db_connection_string = \"Password=hunter2")]
    [InlineData("db_conection_string = \"Server=h;Database=d\" hunter2")]
    [InlineData("db_connection_string \"hunter2\"")]
    [InlineData("db_connection_string hunter2")]
    [InlineData("db_connection_string = \"Server=h;Password=\nhunter2=\"")]
    [InlineData("db_connection_string = \"Server=h;\n  Password=\n  hunter2;Database=d\"")]
    [InlineData("db_connection_string = \"sqlserver://u:hunter2@\"")]
    [InlineData("db_connection_string = [\"hunter2\"]")]
    [InlineData("server_name = \"Server=h;Password=hunter2\"\nread_mode = \"Server=h;Password=hunter2\"")]
    public void Load_MistakeInConnectionString_DoesNotShowIt(string line)
    {
        var result = Config.Load(Config.Ingester(sql: line));

        Assert.NotEmpty(result.Errors);
        Assert.All(result.Errors, error => Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("db_connection_string")]
    [InlineData("db_type")]
    [InlineData("read_mode")]
    [InlineData("max_page_bytes")]
    public void Load_BadValueFromEnvironment_DoesNotShowIt(string key)
    {
        var sql = key == "db_connection_string" ? "" : $"db_connection_string = \"{Config.Sql}\"\n";

        var result = Config.Load(Config.Ingester(sql: $"{sql}{key} = \"${{env(\"X\")}}\""), ConfigRoles.Ingester, ("X", Secret));

        Assert.All(result.Errors, error => Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal));
        Assert.Single(result.Errors);
    }

    [Fact]
    public void Load_TableNamesFromEnvironment_AreNotShown()
    {
        var text = Config.Ingester(tables: "tables = [\"${env(\"X\")}\"]");

        var error = Config.Error(text, ConfigRoles.Ingester, ("X", "[hunter2"));

        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AnyCutInsideOfConnectionString_DoesNotShowIt()
    {
        // A character put anywhere into the lines of the secrets breaks quoting in every way that it can break.
        var gen = Gen.Select(Gen.Int[0, Whole.Length], Gen.Char["\"\\{}[]$%#<=;:'\n, @"]);
        gen.Sample(
            (at, c) =>
            {
                foreach (var error in Config.Load(Whole.Insert(at, c.ToString()), ConfigRoles.All).Errors)
                    Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
            },
            iter: 4_000);
    }
}
