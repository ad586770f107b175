using DStream.Core;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer;

/// <summary>One database: opens pooled connections, bounds the work on them, and turns failures into <see cref="ProviderException"/>.</summary>
internal sealed class SqlServerDatabase
{
    private const int LargestPacket = 32767;

    private readonly string _connectionString;
    private readonly int _commandTimeoutSeconds;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;

    public SqlServerDatabase(string connectionString, TimeSpan commandTimeout, TimeProvider time)
    {
        SqlClientSwitches.Apply();
        var builder = Parse(connectionString);
        if (!builder.ShouldSerialize("Application Name")) builder.ApplicationName = "DStream";
        if (!builder.ShouldSerialize("Packet Size")) builder.PacketSize = LargestPacket;
        _connectionString = builder.ConnectionString;
        _commandTimeoutSeconds = Math.Max(1, (int)Math.Ceiling(commandTimeout.TotalSeconds));

        // The client's own timeout ends a command the polite way; the watchdog is for when it does not.
        _limit = TimeSpan.FromSeconds(builder.ConnectTimeout) + TimeSpan.FromSeconds(_commandTimeoutSeconds + 5);
        _time = time;
        User = builder.UserID;
        Errors = new ErrorClassifier(DestinationName.ServerOf(builder.DataSource), builder.InitialCatalog);
    }

    public ErrorClassifier Errors { get; }

    /// <summary>The login of the connection string; empty where it names none.</summary>
    public string User { get; }

    public SqlCommand Command(SqlConnection connection, string text) =>
        new(text, connection) { CommandTimeout = _commandTimeoutSeconds };

    /// <summary>Opens a connection for the work and closes it. The work sees the client's own exceptions.</summary>
    public async ValueTask<T> RunAsync<T>(Func<SqlConnection, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var connection = new SqlConnection(_connectionString);
        await using var closing = connection.ConfigureAwait(false);
        using var watchdog = new CommandWatchdog(connection, _limit, _time, cancellationToken);
        try
        {
            await connection.OpenAsync(watchdog.Token);
            return await work(connection, watchdog.Token);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && IsEffectOfCancellation(e))
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (Exception e) when (watchdog.DeadlinePassed && IsEffectOfCancellation(e))
        {
            throw Errors.Silent(_limit, e);
        }
        catch (SqlException e)
        {
            throw Errors.Map(e);
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException && connection.State != System.Data.ConnectionState.Open)
        {
            throw Errors.NoConnection(e);
        }
    }

    private static bool IsEffectOfCancellation(Exception e) =>
        e is SqlException or OperationCanceledException or InvalidOperationException or IOException;

    // I8: the client's own messages on a bad connection string can quote it.
    private static SqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            return new SqlConnectionStringBuilder(connectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new ArgumentException("The connection string of the source database is not valid. Write it as ADO.NET takes it: "
                + "Server=...;Database=...;User ID=...;Password=...", nameof(connectionString));
        }
    }
}
