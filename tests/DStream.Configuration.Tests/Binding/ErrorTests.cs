using DStream.Core;

namespace DStream.Configuration.Tests.Binding;

/// <summary>Each kind of mistake, with its place, the offending text and the remedy.</summary>
public sealed class ErrorTests
{
    private const string TwoOverrides =
        "tables_overrides {\n overrides { table_name = \"Persons\" }\n overrides { table_name = \"dbo.PERSONS\" }\n}";

    [Theory]
    [InlineData("pol_interval = \"5s\"", "pol_interval", "unknown key pol_interval in block ingester", "known are db_type")]
    [InlineData("poll_interval_defaults {\n pol_interval = \"5s\"\n}", "pol_interval", "unknown key pol_interval in block ingester.poll_interval_defaults", "did you mean poll_interval?")]
    [InlineData("read_moed = \"auto\"", "read_moed", "unknown key read_moed", "did you mean read_mode?")]
    [InlineData("lock {\n}", "lock {", "unknown block lock in block ingester", "did you mean locks?")]
    [InlineData("checkpoints = true", "checkpoints", "checkpoints is a block, not a key", "checkpoints { ... }")]
    [InlineData("read_mode {\n}", "read_mode", "read_mode is a key, not a block", "read_mode = ...")]
    [InlineData("checkpoints \"x\" {\n}", "\"x\"", "block checkpoints takes no label", "write checkpoints { ... }")]
    [InlineData("read_mode = \"cdc\"", "\"cdc\"", "read_mode is \"cdc\"", "known are auto, function, change_table")]
    [InlineData("read_mode = \"functoin\"", "\"functoin\"", "read_mode is \"functoin\"", "did you mean function?")]
    [InlineData("update_images = true", "true", "update_images is a boolean, not a string", "double quotes")]
    [InlineData("values = [\"typed\"]", "[\"typed\"]", "values is a list, not a string", "double quotes")]
    [InlineData("max_page_bytes = \"4MB\"", "\"4MB\"", "max_page_bytes is \"4MB\", which is no integer", "65536 to 67108864")]
    [InlineData("max_page_bytes = 1.5", "1.5", "max_page_bytes is 1.5, which is no integer", "65536 to 67108864")]
    [InlineData("max_page_bytes = 1", "1\n}", "max_page_bytes is 1, which is out of range", "allowed is 65536 to 67108864")]
    [InlineData("max_page_bytes = 1e30", "1e30", "max_page_bytes is 1e30", "65536 to 67108864")]
    [InlineData("checkpoints { create_table = 1 }", "1 }", "create_table is a number, not true or false", "create_table = true or false")]
    [InlineData("checkpoints { create_table = \"yes\" }", "\"yes\"", "create_table is \"yes\"", "write true or false")]
    [InlineData("checkpoints { idle_interval = \"5 seconds\" }", "\"5 seconds\"", "idle_interval is \"5 seconds\", which is no duration", "ns us ms s m h")]
    [InlineData("checkpoints { idle_interval = 5 }", "5 }", "idle_interval is the number 5, without a unit", "\"5s\"")]
    [InlineData("checkpoints { idle_interval = \"5ms\" }", "\"5ms\"", "idle_interval is \"5ms\", which is out of range", "allowed is \"1s\" to \"24h\"")]
    [InlineData("server_name = \"\"", "\"\"", "server_name is empty", "leave the key out")]
    [InlineData("server_name = \"${env(\"NOPE\")}\"", "${env(\"NOPE\")}", "environment variable NOPE is not set", "ingester.server_name reads it")]
    [InlineData("server_name = \"x {{ env \\\"NOPE\\\" }}\"", "{{", "environment variable NOPE is not set", "set it")]
    [InlineData("server_name = \"${env(\"EMPTY\")}\"", "\"${env(\"EMPTY\")}\"", "server_name is empty", "environment variable EMPTY is empty")]
    [InlineData("db_type = \"postgres\"", "\"postgres\"", "db_type is \"postgres\", which is no provider of ingester", "sqlserver")]
    [InlineData("poll_interval_defaults {\n poll_interval = \"3m\"\n max_poll_interval = \"2m\"\n}", "\"3m\"", "poll_interval \"3m\" is longer than max_poll_interval \"2m\"", "raise max_poll_interval")]
    [InlineData("tables_overrides {\n overrides { poll_interval = \"5s\" }\n}", "overrides { p", "block ingester.tables_overrides.overrides has no key table_name", "add table_name = \"...\"")]
    [InlineData("tables_overrides {\n overrides { table_name = \"Person\" }\n}", "\"Person\"", "table \"Person\" is not in tables", "did you mean dbo.Persons?")]
    [InlineData(TwoOverrides, "\"dbo.PERSONS\"", "table \"dbo.PERSONS\" has two overrides blocks", "one block")]
    [InlineData("tables_overrides {\n overrides { table_name = \"a.b.c\" }\n}", "\"a.b.c\"", "table_name has \"a.b.c\", which is no table name", "sales.Orders")]
    [InlineData("queue { type = \"memory\" }", "queue { type = \"memory\" }\n}", "block queue stands twice in block ingester", "one block")]
    [InlineData("tables = [\"Cats\"]", "tables = [\"Cats\"]", "key tables stands twice in block ingester", "keep one")]
    public void Load_MistakeInIngester_IsReportedWithPlaceAndRemedy(string more, string place, string message, string remedy)
    {
        var text = Config.Ingester(more: more);

        AssertError(text, place, message, remedy);
    }

    [Theory]
    [InlineData("", "ingester", "block ingester has no key tables", "add tables = [\"...\"]")]
    [InlineData("tables = []", "[]", "tables is empty", "at least one table")]
    [InlineData("tables = \"Persons\"", "\"Persons\"", "tables is a string, not a list of strings", "write tables = [\"...\"]")]
    [InlineData("tables = [\"a\", 1]", "1]", "tables is a number, not a string", "double quotes")]
    [InlineData("tables = [\"Persons\", \"[dbo].[persons]\"]", "\"[dbo].[persons]\"", "table \"[dbo].[persons]\" stands twice in tables", "keep one")]
    [InlineData("tables = [\"[open\"]", "\"[open\"", "\"[open\" opens a bracket that is never closed", "[my schema].[my table]")]
    [InlineData("tables = [\"a..b\"]", "\"a..b\"", "a part of the table name is empty", "sales.Orders")]
    [InlineData("tables = null", "ingester", "block ingester has no key tables", "add tables")]
    public void Load_MistakeInTables_IsReportedWithPlaceAndRemedy(string tables, string place, string message, string remedy) =>
        AssertError(Config.Ingester(tables: tables), place, message, remedy);

    [Theory]
    [InlineData("queue { type = \"memori\" }", "\"memori\"", "type is \"memori\", which is no provider of ingester.queue", "did you mean memory? known are azure_service_bus, servicebus, rabbitmq, memory")]
    [InlineData("queue { name = \"x\" }", "queue", "block ingester.queue has no key type", "add type = \"...\"")]
    [InlineData("queue { type = \"servicebus\" }", "queue", "block ingester.queue has no key connection_string", "which azure_service_bus needs")]
    [InlineData("", "ingester", "block ingester has no block queue", "add queue { ... }")]
    [InlineData("queue {\n type = \"memory\"\n name = \"a b\"\n}", "\"a b\"", "name is \"a b\", and it holds ' '", "Service Bus allows")]
    [InlineData("queue {\n type = \"memory\"\n name = \"-a\"\n}", "\"-a\"", "name is \"-a\", and it must begin and end with a letter or digit", "Service Bus allows")]
    [InlineData("queue {\n type = \"memory\"\n transport = \"amqp\"\n}", "\"amqp\"", "transport is written, and type memory has no choice of it", "leave the key out")]
    [InlineData("queue {\n type = \"memory\"\n transport = \"websockets\"\n}", "\"websockets\"", "transport is \"websockets\"", "known are amqp, amqp_websockets")]
    [InlineData("queue { type = \"amqp\" }", "\"amqp\"", "type is \"amqp\", which is for an output only: an AMQP broker has no sessions", "known are azure_service_bus, rabbitmq, memory")]
    [InlineData("queue {\n type = \"servicebus\"\n connection_string = \"amqp://u:p@h\"\n}", "\"amqp://u:p@h\"", "connection_string: the connection string is one of a plain AMQP broker", "an output only")]
    [InlineData("queue {\n type = \"rabbitmq\"\n connection_string = \"amqp://u:p@h\"\n}", "queue", "type rabbitmq detects no duplicates", "duplicates = \"accept\"")]
    [InlineData("queue {\n type = \"rabbitmq\"\n connection_string = \"amqp://u:p@h\"\n duplicates = \"detect\"\n}", "\"detect\"", "type rabbitmq detects no duplicates", "duplicates = \"accept\"")]
    [InlineData("queue {\n type = \"memory\"\n duplicates = \"drop\"\n}", "\"drop\"", "duplicates is \"drop\"", "known are detect, accept")]
    [InlineData("queue {\n type = \"rabbitmq\"\n connection_string = \"h:5672\"\n duplicates = \"accept\"\n}", "\"h:5672\"", "connection_string: the connection string is no amqp:// address", "amqps://")]
    public void Load_MistakeInQueue_IsReportedWithPlaceAndRemedy(string queue, string place, string message, string remedy) =>
        AssertError(Config.Ingester(queue: queue), place, message, remedy);

    [Theory]
    [InlineData("lease_duration = \"14s\"", "\"14s\"", "lease_duration is \"14s\", which is out of range", "allowed is \"15s\" to \"1m\"")]
    [InlineData("lease_duration = \"61s\"", "\"61s\"", "lease_duration is \"61s\", which is out of range", "allowed is \"15s\" to \"1m\"")]
    [InlineData("container_name = \"Locks\"", "\"Locks\"", "container_name is \"Locks\", which Azure Storage does not allow", "lower-case")]
    [InlineData("container_name = \"ab\"", "\"ab\"", "container_name is \"ab\"", "3 to 63")]
    [InlineData("container_name = \"a--b\"", "\"a--b\"", "container_name is \"a--b\"", "single hyphens")]
    public void Load_MistakeInLocks_IsReportedWithPlaceAndRemedy(string key, string place, string message, string remedy) =>
        AssertError(Config.Ingester(locks: $"locks {{\n type = \"memory\"\n {key}\n}}"), place, message, remedy);

    [Fact]
    public void Load_CollidingDestinations_NamesBothTables()
    {
        var hashed = DestinationName.For("db1.corp", "Shop", TableName.Parse("a b")).Value.Split('.')[^2];
        var text = Config.Ingester(tables: $"tables = [\"a b\", \"{hashed}\"]");

        AssertError(text, $"\"{hashed}\"", $"table \"{hashed}\" has the same destination as dbo.[a b]", "leave one of them out");
    }

    [Fact]
    public void Load_RouterAndPublisher_AreTheSameBlockTwice()
    {
        const string Blocks = "router {\n source { type = \"memory\" }\n output { type = \"console\" }\n destinations = [\"a\"]\n}\n";
        var text = Blocks + Blocks.Replace("router", "publisher", StringComparison.Ordinal);

        AssertError(text, "publisher", "block publisher stands twice in the file", "router and publisher are names of the same block", ConfigRoles.Router);
    }

    [Theory]
    [InlineData("sessions = 0", "0", "sessions is 0, which is out of range", "1 to 1000")]
    [InlineData("destinations = []", "[]", "destinations is empty", "take the ingester's tables")]
    [InlineData("destinations = [\"a b\"]", "\"a b\"", "destinations has \"a b\", and it holds ' '", "server.database.table.events")]
    [InlineData("destinations = [\"a\", \"A\"]", "\"A\"", "destination \"A\" stands twice", "keep one")]
    public void Load_MistakeInRouter_IsReportedWithPlaceAndRemedy(string key, string place, string message, string remedy) =>
        AssertError(Config.Ingester() + $"router {{\n source {{ type = \"memory\" }}\n output {{ type = \"console\" }}\n {key}\n}}\n", place, message, remedy, ConfigRoles.All);

    [Theory]
    [InlineData("address = \"/queue/x\"", "\"/queue/x\"", "address is \"/queue/x\", which does not name the topic", "{destination} once")]
    [InlineData("create = false", "false", "create is written, and nothing can be created over type amqp", "on the broker")]
    [InlineData("subscription = \"a\"", "\"a\"", "subscription is written", "leave the key out")]
    [InlineData("transport = \"amqp\"", "\"amqp\"\n}", "transport is written, and type amqp has no choice of it", "leave the key out")]
    public void Load_MistakeInAmqpOutput_IsReportedWithPlaceAndRemedy(string key, string place, string message, string remedy) =>
        AssertError(Output($"type = \"amqp\"\n duplicates = \"accept\"\n connection_string = \"amqp://u:p@h\"\n {key}"), place, message, remedy, ConfigRoles.All);

    [Theory]
    [InlineData("amqp://h", "not both user and password")]
    [InlineData("amqp://u:p@h?a=b", "parameters")]
    [InlineData("http://u:p@h", "no amqp:// address")]
    [InlineData("Endpoint=sb://h/", "one of Service Bus")]
    public void Load_BadAmqpConnectionString_IsReported(string text, string message) =>
        AssertError(Output($"type = \"amqp\"\n duplicates = \"accept\"\n connection_string = \"{text}\""), $"\"{text}\"", message, "write ", ConfigRoles.All);

    [Fact]
    public void Load_AddressOfServiceBus_IsReported() =>
        AssertError(Output("type = \"memory\"\n address = \"{destination}\""), "\"{destination}\"", "address is written, and type memory", "leave the key out", ConfigRoles.All);

    [Fact]
    public void Load_AmqpOutput_IsRead()
    {
        var config = Config.Load(Output("type = \"amqp\"\n duplicates = \"accept\"\n connection_string = \"amqps://u:p%2F@h/v\"\n address = \"/queue/{destination}\""), ConfigRoles.All).GetOrThrow();

        Assert.Equal(("amqp", "amqps://u:p%2F@h/v", "/queue/{destination}"), (config.Router!.Output.Type, config.Router.Output.ConnectionString, config.Router.Output.Address));
    }

    [Theory]
    [InlineData("rabbitmq", "amqp://u:p@h")]
    [InlineData("amqp", "amqp://u:p@h")]
    [InlineData("azure_event_hubs", "Endpoint=sb://name.servicebus.windows.net/")]
    public void Load_OutputThatDetectsNoDuplicates_MustAcceptThem(string type, string connectionString)
    {
        var text = Config.Ingester() + $"router {{\n source {{ type = \"memory\" }}\n output {{\n type = \"{type}\"\n connection_string = \"{connectionString}\"\n}}\n}}\n";

        AssertError(text, "output", $"type {type} detects no duplicates", "duplicates = \"accept\"", ConfigRoles.All);
        Assert.Empty(Config.Load(text.Replace($" type = \"{type}\"", $" duplicates = \"accept\"\n type = \"{type}\"", StringComparison.Ordinal), ConfigRoles.All).Errors);
    }

    [Fact]
    public void Load_BadSubscription_IsReported() =>
        AssertError(
            Config.Ingester() + "router {\n source { type = \"memory\" }\n output {\n type = \"console\"\n subscription = \"a/b\"\n}\n}\n",
            "\"a/b\"",
            "subscription is \"a/b\", which Service Bus does not allow",
            "up to 50",
            ConfigRoles.All);

    [Fact]
    public void Load_MissingBlocks_AreReportedForTheRolesAskedFor()
    {
        Assert.Equal(
            ["test.hcl: the file has no ingester block; add ingester { ... }; docs/configuration.md has an example",
             "test.hcl: the file has no router block; add router { ... }; docs/configuration.md has an example"],
            Config.Load("", ConfigRoles.All).Errors.Select(e => e.ToString()));
    }

    [Fact]
    public void Load_ManyMistakes_AreAllReportedInOrder()
    {
        const string Text = """
            ingester {
              db_type = "mysql"
              db_connection_string = "Server=x"
              read_mode = "fast"
              tables = ["a", "A", "x.y.z"]
              queue { type = "servicebus" }
              locks {
                type = 'memory'
                lease_duration = "2m"
              }
              tables_overrides { overrides {
                table_name = "b"
                poll_interval = "often"
              } }
              tabels = []
            }
            """;

        var result = Config.Load(Text);

        Assert.Equal([2, 3, 4, 5, 5, 6, 8, 9, 12, 13, 15], result.Errors.Select(e => e.Line));
    }

    [Fact]
    public void ToString_Error_IsFileLineColumnMessageRemedy()
    {
        var error = Config.Error(Config.Ingester(more: "read_moed = 1"));

        Assert.StartsWith("test.hcl:6:3: unknown key read_moed in block ingester; did you mean read_mode? known are db_type, ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void GetOrThrow_Errors_AreAllInTheException()
    {
        var result = Config.Load("ingester {}");

        var exception = Assert.Throws<ConfigException>(() => result.GetOrThrow());
        Assert.Equal(result.Errors, exception.Errors);
        Assert.All(result.Errors, error => Assert.Contains(error.ToString(), exception.Message, StringComparison.Ordinal));
        Assert.Equal(78, ConfigException.ExitCode);
    }

    private static string Output(string keys) =>
        Config.Ingester() + $"router {{\n source {{ type = \"memory\" }}\n output {{\n {keys}\n}}\n}}\n";

    private static void AssertError(string text, string place, string message, string remedy, ConfigRoles roles = ConfigRoles.Ingester)
    {
        var error = Config.Error(text, roles, ("EMPTY", ""));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
        if (place.EndsWith("\n}", StringComparison.Ordinal) || text.IndexOf(place, StringComparison.Ordinal) == text.LastIndexOf(place, StringComparison.Ordinal))
            Config.AssertAt(text, place, error);
        else
            Assert.Contains((error.Line, error.Column), Places(text, place));
    }

    private static IEnumerable<(int, int)> Places(string text, string piece)
    {
        for (var at = text.IndexOf(piece, StringComparison.Ordinal); at >= 0; at = text.IndexOf(piece, at + 1, StringComparison.Ordinal))
            yield return (text[..at].Count(c => c == '\n') + 1, at - text[..at].LastIndexOf('\n'));
    }
}
