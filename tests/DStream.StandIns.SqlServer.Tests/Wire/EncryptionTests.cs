using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests.Wire;

public sealed class EncryptionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SqlEncryption.Supported, "Optional")]
    [InlineData(SqlEncryption.Supported, "Mandatory")]
    [InlineData(SqlEncryption.Supported, "Strict")]
    [InlineData(SqlEncryption.Required, "Optional")]
    [InlineData(SqlEncryption.Required, "Mandatory")]
    [InlineData(SqlEncryption.Required, "Strict")]
    [InlineData(SqlEncryption.NotSupported, "Optional")]
    [InlineData(SqlEncryption.Supported, "Mandatory", 32767)]
    public async Task Open_Encryption_ReadsABigResult(SqlEncryption server, string client, int packetBytes = 8000)
    {
        var engine = new ScriptedEngine();
        var text = new string('x', 200_000);
        engine.Reply((_, sink) =>
        {
            sink.Columns([new SqlColumn("text", new SqlType(SqlKind.NVarChar, -1))]);
            sink.Row([text]);
            sink.StatementDone(1);
        });
        await using var listener = await StartAsync(engine, server);
        var certificate = Path.GetTempFileName();
        await File.WriteAllBytesAsync(certificate, listener.Certificate.ToArray(), Token);
        await using var connection = new SqlConnection(ConnectionString(listener, client, certificate) + $";Packet Size={packetBytes}");

        await connection.OpenAsync(Token);

        await using var command = new SqlCommand("SELECT text", connection);
        Assert.Equal(text, await command.ExecuteScalarAsync(Token));
        Assert.Equal("a secret", Assert.Single(engine.Logins).Password);
        File.Delete(certificate);
    }

    [Fact]
    public async Task Open_MandatoryAgainstNotSupported_Fails()
    {
        await using var listener = await StartAsync(new ScriptedEngine(), SqlEncryption.NotSupported);
        await using var connection = new SqlConnection(ConnectionString(listener, "Mandatory", null));

        var error = await Assert.ThrowsAsync<SqlException>(() => connection.OpenAsync(Token));

        Assert.Contains("encryption", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<SqlServerListener> StartAsync(ScriptedEngine engine, SqlEncryption encryption)
    {
        var listener = new SqlServerListener(engine, TimeProvider.System, new SqlServerListenerOptions { Encryption = encryption });
        await listener.StartAsync(Token);
        return listener;
    }

    private static string ConnectionString(SqlServerListener listener, string encrypt, string? certificate)
    {
        var builder = new SqlConnectionStringBuilder(listener.ConnectionString("TestDB", "sa", "a secret"))
        {
            Pooling = false, ConnectRetryCount = 0, ConnectTimeout = 10, Encrypt = SqlConnectionEncryptOption.Parse(encrypt),
        };
        if (encrypt == "Strict")
        {
            builder.TrustServerCertificate = false;
            builder.ServerCertificate = certificate!;
        }
        return builder.ConnectionString;
    }
}
