using DStream.Configuration;
using DStream.Hosting;
using DStream.Sandbox.Workloads;

namespace DStream.Sandbox;

/// <summary>The sandbox's dstream.hcl: a real file, with its secrets in the environment.</summary>
public static class SandboxConfiguration
{
    /// <summary>The text of the file.</summary>
    public static string Text(IEnumerable<SandboxTable> tables, string locks, string pollInterval = "200ms", string queue = "ingest-queue") =>
        $$$"""
        # Written by DStream.Sandbox.
        ingester {
            db_type = "sqlserver"
            db_connection_string = "{{ env \"DSTREAM_DB_CONNECTION_STRING\" }}"

            poll_interval_defaults {
                poll_interval = "{{{pollInterval}}}"
                max_poll_interval = "5s"
            }

            queue {
                type = "servicebus"
                name = "{{{queue}}}"
                connection_string = "{{ env \"DSTREAM_INGEST_CONNECTION_STRING\" }}"
            }

            {{{locks}}}

            tables = [{{{string.Join(", ", tables.Select(static table => $"\"{table.Name}\""))}}}]
        }

        publisher {
            source {
                type = "azure_service_bus"
                connection_string = "{{ env \"DSTREAM_PUBLISHER_CONNECTION_STRING\" }}"
            }

            output {
                type = "azure_service_bus"
                connection_string = "{{ env \"DSTREAM_PUBLISHER_CONNECTION_STRING\" }}"
            }
        }

        """;

    /// <summary>The <c>locks</c> block of leases in this process.</summary>
    public const string MemoryLocks = """locks { type = "memory" }""";

    /// <summary>The <c>locks</c> block of leases in Azurite.</summary>
    public const string AzuriteLocks =
        """
        locks {
                type = "azure_blob"
                connection_string = "{{ env \"DSTREAM_BLOB_CONNECTION_STRING\" }}"
                container_name = "locks"
            }
        """;

    /// <summary>Loads a file with these servers in the environment.</summary>
    public static DStreamConfig Load(string path, SandboxConnections connections) =>
        ConfigLoader.Load(path, ProviderCatalog.Known, Variables(connections).GetValueOrDefault).GetOrThrow();

    /// <summary>The environment variables that the file reads its secrets from.</summary>
    public static IReadOnlyDictionary<string, string?> Variables(SandboxConnections connections) => new Dictionary<string, string?>
    {
        ["DSTREAM_DB_CONNECTION_STRING"] = connections.Database,
        ["DSTREAM_INGEST_CONNECTION_STRING"] = connections.ServiceBus,
        ["DSTREAM_PUBLISHER_CONNECTION_STRING"] = connections.ServiceBus,
        ["DSTREAM_BLOB_CONNECTION_STRING"] = connections.Blob,
        ["DSTREAM_RABBITMQ_CONNECTION_STRING"] = connections.RabbitMq,
    };
}
