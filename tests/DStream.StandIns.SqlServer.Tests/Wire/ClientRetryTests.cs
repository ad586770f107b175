using DStream.StandIns.SqlServer.Faults;
using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests.Wire;

/// <summary>What SqlClient tries again by itself must be tried again against the stand-in, and nothing else.</summary>
public sealed class ClientRetryTests : WireTest
{
    private static readonly SqlColumn Number = new("n", new SqlType(SqlKind.Int), IsNullable: false);

    /// <summary>The errors wait out the client's least interval of a second at the same time, each against a listener of its own.</summary>
    [Fact]
    public async Task Open_TransientErrorAtLogin_IsTriedAgain()
    {
        var fired = await Task.WhenAll(new[] { 4060, 10928, 40197, 40613 }.Select(OpenPastAsync));

        Assert.Equal([1, 1, 1, 1], fired);
        Assert.Equal(4, Engine.Logins.Count);
    }

    [Fact]
    public async Task Open_WrongPasswordAtLogin_IsTriedOnce()
    {
        var rule = Listener.Faults.On(FaultPoint.Login).Always().Error(18456, 14, 1, "Login failed for user 'sa'.");
        await using var connection = new SqlConnection(ConnectionString("Pooling=false;ConnectRetryCount=3;ConnectRetryInterval=1"));

        var error = await Assert.ThrowsAsync<SqlException>(() => connection.OpenAsync(Token));

        Assert.Equal(18456, error.Number);
        Assert.Equal(1, rule.Fired);
    }

    [Theory]
    [InlineData(1205)]
    [InlineData(40501)]
    public async Task Execute_RetryLogicProvider_TriesTheRequestAgain(int number)
    {
        ReplyWith(Number, 7);
        var rule = Listener.Faults.On(FaultPoint.AnyRequest).Times(2).Error(number, 13, 51, "Try again.");
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT", connection);
        command.RetryLogicProvider = SqlConfigurableRetryFactory.CreateFixedRetryProvider(new SqlRetryLogicOption
        {
            NumberOfTries = 3, DeltaTime = TimeSpan.FromMilliseconds(1), MaxTimeInterval = TimeSpan.FromSeconds(1), TransientErrors = [number],
        });

        Assert.Equal(7, await command.ExecuteScalarAsync(Token));

        Assert.Equal(2, rule.Fired);
        Assert.Single(Engine.Requests);
    }

    [Fact]
    public async Task Open_MultiSubnetFailover_Connects()
    {
        ReplyWith(Number, 7);
        await using var connection = await OpenAsync("Pooling=false;MultiSubnetFailover=true");
        await using var command = new SqlCommand("SELECT", connection);

        Assert.Equal(7, await command.ExecuteScalarAsync(Token));
    }

    private async Task<int> OpenPastAsync(int number)
    {
        await using var listener = new SqlServerListener(Engine, TimeProvider.System, new SqlServerListenerOptions());
        await listener.StartAsync(Token);
        var rule = listener.Faults.On(FaultPoint.Login).Error(number, 11, 1, "Not now.");
        await using var connection = new SqlConnection(
            listener.ConnectionString("TestDB") + ";Pooling=false;ConnectRetryCount=2;ConnectRetryInterval=1;Connect Timeout=30");
        await connection.OpenAsync(Token);
        return rule.Fired;
    }
}
