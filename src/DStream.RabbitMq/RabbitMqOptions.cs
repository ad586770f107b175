namespace DStream.RabbitMq;

/// <summary>How to reach a broker, and the bounds of what is done there.</summary>
public sealed record RabbitMqOptions
{
    /// <summary>Where the broker is.</summary>
    public required RabbitMqConnectionString ConnectionString { get; init; }

    /// <summary>Whether senders create the queues of sessions that are new; default true. Off, a message for a missing one is refused.</summary>
    public bool CreateEntities { get; init; } = true;

    /// <summary>One attempt of anything: opening, declaring, the confirms of a send. Default 30 s.</summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection whose other side says nothing for about twice as long is lost. Default 10 s.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a connection string, with defaults.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static RabbitMqOptions For(string connectionString) => new() { ConnectionString = RabbitMqConnectionString.Parse(connectionString) };

    // I8: no member may show a password, whatever is added here.
    /// <inheritdoc/>
    public override string ToString() => $"RabbitMqOptions {{ {ConnectionString} }}";
}
