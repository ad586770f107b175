using System.Net;
using DStream.StandIns.Proxy.Faults;
using DStream.StandIns.SqlServer;
using DStream.StandIns.SqlServer.Engine;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.Proxy.Tests;

/// <summary>SqlClient, unmodified, whose packets arrive in pieces, or not at all.</summary>
public sealed class SqlClientTests : IAsyncLifetime
{
    private const string Large = "SELECT 7, REPLICATE(CAST(N'añ日💧' AS nvarchar(max)), 12000), REPLICATE(CAST(N'z' AS nvarchar(max)), 3), CAST(NULL AS nvarchar(max)), 8";
    private readonly SqlServerEngine _engine = new(TimeProvider.System);
    private SqlServerListener _listener = null!;
    private TcpProxy _proxy = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // The SqlClient of before fails at these: neither a header, nor a packet, nor a character ends where a read ends.
    public static TheoryData<int> Pieces => [1, 2, 3, 5, 7, 8, 9, 13, 31, 64, 100, 127, 255, 256, 257, 511, 512, 513, 1000];

    public async ValueTask InitializeAsync()
    {
        _engine.CreateDatabase("TestDB");
        _listener = new SqlServerListener(_engine, TimeProvider.System, new SqlServerListenerOptions());
        await _listener.StartAsync(Stop);
        _proxy = new TcpProxy(new IPEndPoint(IPAddress.Loopback, _listener.Port), TimeProvider.System);
        await _proxy.StartAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _listener.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Pieces))]
    public async Task Read_InPieces_IsWhole(int bytes)
    {
        _proxy.ToClient.Rechunk(bytes);
        _proxy.ToServer.Rechunk(bytes);
        await using var connection = await OpenAsync(bytes % 2 == 0 ? "Encrypt=Mandatory" : "Encrypt=Optional");

        await AssertLargeAsync(connection, System.Data.CommandBehavior.Default);
        await AssertLargeAsync(connection, System.Data.CommandBehavior.SequentialAccess);
    }

    [Fact]
    public async Task Read_InRandomPieces_IsWholeManyTimes()
    {
        _proxy.ToClient.Rechunk(1, 9000);
        _proxy.ToServer.Rechunk(1, 300);
        await using var connection = await OpenAsync();

        for (var i = 0; i < 20; i++) await AssertLargeAsync(connection, System.Data.CommandBehavior.SequentialAccess);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cut_InTheRows_IsAnErrorOfClass20(bool reset)
    {
        await using var connection = await OpenAsync();
        var point = _proxy.Faults.On(ProxyPoint.AfterBytes(Flow.ToClient, 20_000));
        var rule = reset ? point.CloseRst() : point.CloseFin();

        var error = await Assert.ThrowsAsync<SqlException>(() => AssertLargeAsync(connection, System.Data.CommandBehavior.SequentialAccess));

        Assert.Equal((0, 20), (error.Number, (int)error.Class));
        Assert.Equal(1, rule.Fired);
    }

    [Fact]
    public async Task Silence_InTheLogin_EndsByTheTimeout()
    {
        _proxy.Faults.On(ProxyPoint.Connect).NeverAnswer();

        var error = await Assert.ThrowsAsync<SqlException>(() => OpenAsync("Connect Timeout=1"));

        Assert.Equal(-2, error.Number);
    }

    [Fact]
    public async Task FailOver_BetweenRequests_PoolConnectsToTheOther()
    {
        await using var other = new SqlServerListener(_engine, TimeProvider.System, new SqlServerListenerOptions());
        await other.StartAsync(Stop);
        await using (await OpenAsync("Pooling=true")) { }

        await _proxy.FailOverAsync(new IPEndPoint(IPAddress.Loopback, other.Port));

        await using var connection = await OpenAndReadAsync("Pooling=true");
        Assert.Equal(1, other.ConnectionCount);
        SqlConnection.ClearPool(connection);
    }

    /// <summary>The pool looks at a connection before it hands it out, but its end may still be on the way; what failed is not handed out again.</summary>
    private async Task<SqlConnection> OpenAndReadAsync(string more)
    {
        while (true)
        {
            var connection = await OpenAsync(more);
            try
            {
                await AssertLargeAsync(connection, System.Data.CommandBehavior.Default);
                return connection;
            }
            catch (SqlException lost) when (lost.Class >= 20)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private async Task<SqlConnection> OpenAsync(string more = "")
    {
        var text = new SqlConnectionStringBuilder(_listener.ConnectionString("TestDB") + ";Pooling=false;ConnectRetryCount=0;" + more)
        {
            DataSource = $"127.0.0.1,{_proxy.Port}",
        };
        var connection = new SqlConnection(text.ConnectionString);
        await connection.OpenAsync(Stop);
        return connection;
    }

    private static async Task AssertLargeAsync(SqlConnection connection, System.Data.CommandBehavior behavior)
    {
        await using var command = new SqlCommand(Large, connection);
        await using var reader = await command.ExecuteReaderAsync(behavior, Stop);
        Assert.True(await reader.ReadAsync(Stop));
        Assert.Equal(7, reader.GetInt32(0));
        Assert.Equal(string.Concat(Enumerable.Repeat("añ日💧", 12000)), reader.GetString(1));
        Assert.Equal("zzz", reader.GetString(2));
        Assert.True(reader.IsDBNull(3));
        Assert.Equal(8, reader.GetInt32(4));
        Assert.False(await reader.ReadAsync(Stop));
    }
}
