using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests.Wire;

public sealed class LoginTests : WireTest
{
    protected override SqlServerListenerOptions Options { get; } = new()
    {
        Logins = new Dictionary<string, string> { ["sa"] = "DStream-dev-1", ["Reader"] = "\"; §{Ünïcode}=' 💧" },
    };

    [Fact]
    public async Task Open_RightPassword_AnswersAQuery()
    {
        ReplyWith(new SqlColumn("answer", new SqlType(SqlKind.Int), IsNullable: false), 42);
        await using var connection = await OpenAsync("Pooling=false;Application Name=wire-tests");
        await using var command = new SqlCommand("SELECT 42 AS answer", connection);

        var answer = await command.ExecuteScalarAsync(Token);

        Assert.Equal(42, answer);
        Assert.Equal("SELECT 42 AS answer", Assert.Single(Engine.Requests).Text);
        Assert.Equal("TestDB", connection.Database);
        Assert.Equal("17.00.1000", connection.ServerVersion);
        Assert.Equal("wire-tests", Assert.Single(Engine.Logins).Application);
    }

    [Fact]
    public async Task Open_PasswordOfAnyCharacters_IsDecoded()
    {
        var builder = new SqlConnectionStringBuilder(ConnectionString()) { UserID = "reader", Password = "\"; §{Ünïcode}=' 💧" };
        await using var connection = new SqlConnection(builder.ConnectionString);

        await connection.OpenAsync(Token);

        Assert.Equal(builder.Password, Assert.Single(Engine.Logins).Password);
    }

    [Theory]
    [InlineData("sa", "wrong")]
    [InlineData("nobody", "DStream-dev-1")]
    public async Task Open_WrongPasswordOrUser_Fails18456(string user, string password)
    {
        var builder = new SqlConnectionStringBuilder(ConnectionString()) { UserID = user, Password = password };
        await using var connection = new SqlConnection(builder.ConnectionString);

        var error = await Assert.ThrowsAsync<SqlException>(() => connection.OpenAsync(Token));

        Assert.Equal(18456, error.Number);
        Assert.Equal(14, error.Class);
        Assert.Contains(user, error.Message, StringComparison.Ordinal);
        Assert.Empty(Engine.Logins);
    }

    [Fact]
    public async Task Open_UnknownDatabase_Fails4060()
    {
        var builder = new SqlConnectionStringBuilder(ConnectionString()) { InitialCatalog = "nowhere" };
        await using var connection = new SqlConnection(builder.ConnectionString);

        var error = await Assert.ThrowsAsync<SqlException>(() => connection.OpenAsync(Token));

        Assert.Equal(4060, error.Number);
        Assert.Equal(11, error.Class);
    }

    [Fact]
    public async Task Open_Mars_IsRefusedByName()
    {
        await using var connection = new SqlConnection(ConnectionString("MultipleActiveResultSets=true"));

        var error = await Assert.ThrowsAsync<SqlException>(() => connection.OpenAsync(Token));

        Assert.Contains("MARS is not supported", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_AttachDbFileName_IsRefusedByName()
    {
        await using var connection = new SqlConnection(ConnectionString("AttachDbFilename=/data/x.mdf"));

        var error = await Assert.ThrowsAsync<SqlException>(() => connection.OpenAsync(Token));

        Assert.Contains("attach a database file", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(8000)]
    [InlineData(32767)]
    public async Task Open_PacketSize_IsAgreedTo(int bytes)
    {
        await using var connection = await OpenAsync($"Packet Size={bytes};Pooling=false");

        Assert.Equal(bytes, connection.PacketSize);
        Assert.Equal(bytes, Assert.Single(Engine.Logins).PacketBytes);
    }

    [Fact]
    public async Task Close_Connection_ClosesTheSession()
    {
        var connection = await OpenAsync();

        await connection.DisposeAsync();

        await WaitUntilAsync(() => Engine.OpenSessions == 0);
    }
}
