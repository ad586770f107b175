using DStream.Core;

namespace DStream.Configuration.Tests;

public sealed class ConfigLoaderTests
{
    [Fact]
    public void Load_ShortestFile_HasDefaults()
    {
        var ingester = Config.LoadIngester(Config.Ingester());

        Assert.Equal("sqlserver", ingester.DbType);
        Assert.Equal(("ingest-queue", "", true), (ingester.Queue.Name, ingester.Queue.ConnectionString, ingester.Queue.CreateEntities));
        Assert.Equal(("locks", TimeSpan.FromSeconds(30)), (ingester.Locks.ContainerName, ingester.Locks.LeaseDuration));
        Assert.Equal((true, TimeSpan.FromMinutes(1)), (ingester.Checkpoints.CreateTable, ingester.Checkpoints.IdleInterval));
        Assert.Equal(4 * 1024 * 1024, ingester.MaxPageBytes);
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(2)), (ingester.Tables[0].PollInterval, ingester.Tables[0].MaxPollInterval));
    }

    [Fact]
    public void Load_EveryKeySet_IsInTheRecord()
    {
        var ingester = Config.LoadIngester(
            """
            ingester {
              db_type = "sqlserver"
              db_connection_string = "Server=h;Database=d"
              server_name = "S"
              database_name = "D"
              read_mode = "change_table"
              update_images = "both"
              values = "string"
              max_page_bytes = "${env("N")}"
              tables = ["a", "sales.Orders", "Order Details", "[my schema].[Or]]ders]",]
              poll_interval_defaults {
                poll_interval = "10s"
                max_poll_interval = "1m"
              }
              queue {
                type = "memory"
                name = "q"
                create = "${env("B")}"
              }
              locks {
                type = "memory"
                container_name = "c-1"
                lease_duration = "15s"
              }
              checkpoints {
                create_table = false
                idle_interval = "1h"
              }
              tables_overrides {
                overrides {
                  table_name = "SALES.ORDERS"
                  poll_interval = "500ms"
                }
                overrides {
                  table_name = "[My Schema].[or]]ders]"
                  max_poll_interval = "2h"
                  read_mode = "function"
                  update_images = "after"
                }
              }
            }
            """,
            ("N", "65536"),
            ("B", "false"));

        Assert.Equal(("S", "D", ReadMode.ChangeTable, UpdateImages.Both, ValueFormat.String, 65_536), (ingester.ServerName, ingester.DatabaseName, ingester.ReadMode, ingester.UpdateImages, ingester.Values, ingester.MaxPageBytes));
        Assert.Equal(("q", false, "c-1", 15.0), (ingester.Queue.Name, ingester.Queue.CreateEntities, ingester.Locks.ContainerName, ingester.Locks.LeaseDuration.TotalSeconds));
        Assert.Equal((false, 1.0), (ingester.Checkpoints.CreateTable, ingester.Checkpoints.IdleInterval.TotalHours));
        Assert.Equal(
            [
                ("dbo.a", 10.0, 60.0, ReadMode.ChangeTable, UpdateImages.Both, "s.d.a.events"),
                ("sales.Orders", 0.5, 60.0, ReadMode.ChangeTable, UpdateImages.Both, "s.d.sales.orders.events"),
                ("dbo.[Order Details]", 10.0, 60.0, ReadMode.ChangeTable, UpdateImages.Both, ingester.Tables[2].Destination),
                ("[my schema].[Or]]ders]", 10.0, 7200.0, ReadMode.Function, UpdateImages.After, ingester.Tables[3].Destination),
            ],
            ingester.Tables.Select(t => (t.Name.ToString(), t.PollInterval.TotalSeconds, t.MaxPollInterval.TotalSeconds, t.ReadMode, t.UpdateImages, t.Destination)));
    }

    [Fact]
    public void Load_LongPollIntervalWithoutMaximum_RaisesMaximum()
    {
        var ingester = Config.LoadIngester(Config.Ingester(more: "poll_interval_defaults { poll_interval = \"5m\" }"));

        Assert.Equal(TimeSpan.FromMinutes(5), ingester.Tables[0].MaxPollInterval);
    }

    [Fact]
    public void Load_ProviderOfTheCallersList_IsAcceptedByAlias()
    {
        var known = KnownProviders.Shipped with { Queues = [new("nats", ConnectionStringForm.Any) { Aliases = ["jetstream"] }] };
        var text = Config.Ingester(queue: "queue {\n type = \"jetstream\"\n connection_string = \"anything\"\n}");

        var config = ConfigLoader.Parse(text, "t", known, _ => null, ConfigRoles.Ingester).GetOrThrow();

        Assert.Equal(("nats", "anything"), (config.Ingester!.Queue.Type, config.Ingester.Queue.ConnectionString));
    }

    [Fact]
    public void Load_MissingFile_IsAnError()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName(), "dstream.hcl");

        var error = Assert.Single(ConfigLoader.Load(path, KnownProviders.Shipped).Errors);

        Assert.StartsWith($"{path}: the file cannot be read", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Directory_IsAnError() => Assert.Single(ConfigLoader.Load(Path.GetTempPath(), KnownProviders.Shipped).Errors);

    [Fact]
    public void Load_FileThatIsNotUtf8_NamesTheLine()
    {
        var error = LoadBytes([.. "a = 1\n\n# "u8, 0xFF, 0xFE]);

        Assert.Equal(("line 3 is not UTF-8", "save the file as UTF-8"), (error.Message, error.Remedy));
    }

    [Fact]
    public void Load_HugeFile_IsAnError() => Assert.Contains("larger than 1024 KiB", LoadBytes(new byte[2_000_000]).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_HugeText_IsAnError() => Assert.Contains("larger than 1024 KiB", Config.Error(new string(' ', 2_000_000)).Message, StringComparison.Ordinal);

    private static ConfigError LoadBytes(byte[] bytes)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, bytes);
            return Assert.Single(ConfigLoader.Load(path, KnownProviders.Shipped).Errors);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
