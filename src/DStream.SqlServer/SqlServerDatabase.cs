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

    /// <summary>
    /// Opens a connection for the work and closes it. The work sees the client's own exceptions. Where this ends by cancellation or silence,
    /// the work may still be blocked inside of the client for a while: what it uses must not be used again.
    /// </summary>
    public async ValueTask<T> RunAsync<T>(Func<SqlConnection, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var connection = new SqlConnection(_connectionString);
        var watchdog = new CommandWatchdog(connection, _limit, _time, cancellationToken);
        var running = RunAsync(connection, watchdog, work);
        try
        {
            return await running.WaitAsync(watchdog.GivenUp);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && IsEffectOfCancellation(e))
        {
            Abandon(running);
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (Exception e) when (watchdog.DeadlinePassed && IsEffectOfCancellation(e))
        {
            Abandon(running);
            throw Errors.Silent(_limit, e);
        }
        catch (SqlException e)
        {
            throw Errors.Map(e);
        }
        catch (PoolExhaustedException e)
        {
            throw Errors.NoConnection(e.InnerException!);
        }
    }

    private static async Task<T> RunAsync<T>(SqlConnection connection, CommandWatchdog watchdog, Func<SqlConnection, CancellationToken, ValueTask<T>> work)
    {
        // The caller's thread must stay free to give up: the client's getters block where a row has not arrived whole.
        await Task.Yield();
        using (watchdog)
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                await connection.OpenAsync(watchdog.Token);
            }
            catch (InvalidOperationException e) when (e is not ObjectDisposedException)
            {
                throw new PoolExhaustedException(e);
            }

            return await work(connection, watchdog.Token);
        }
    }

    // Nobody awaits it any more: its failure is the effect of what has been reported.
    private static void Abandon(Task running) =>
        running.ContinueWith(static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private static bool IsEffectOfCancellation(Exception e) =>
        e is SqlException or OperationCanceledException or InvalidOperationException or PoolExhaustedException or IOException;

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
