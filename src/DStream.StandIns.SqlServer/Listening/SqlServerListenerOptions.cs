using Microsoft.Extensions.Logging;

namespace DStream.StandIns.SqlServer;

/// <summary>How a <see cref="SqlServerListener"/> listens.</summary>
public sealed record SqlServerListenerOptions
{
    /// <summary>The TCP port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Passwords by login name (names regardless of case). Null: every login with any password is let in.</summary>
    public IReadOnlyDictionary<string, string>? Logins { get; init; }

    public SqlEncryption Encryption { get; init; } = SqlEncryption.Supported;

    /// <summary>The largest packet agreed to; clients ask for 8000 unless told otherwise.</summary>
    public int MaxPacketBytes { get; init; } = 32_767;

    /// <summary>The version that the server says it has: SQL Server 2025, the first with json and vector.</summary>
    public Version ServerVersion { get; init; } = new(17, 0, 1000);

    public ILoggerFactory? LoggerFactory { get; init; }
}
