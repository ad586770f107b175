using System.Security.Cryptography;
using System.Text.Json;
using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Faults;

namespace DStream.StandIns.SqlServer.Tests.Judges;

/// <summary>
/// One engine behind three listeners, one for each way of encryption, with a login and a database: what a judge from outside is pointed at.
/// Faults are armed for requests that carry their name, so that a judge says itself where one strikes.
/// </summary>
internal sealed class JudgedServer : IAsyncDisposable
{
    public const string User = "judge";
    public const string Password = "Pass'word;1\"";
    public const string Database = "Judged";

    private JudgedServer(SqlServerEngine engine)
    {
        Supported = Listener(engine, SqlEncryption.Supported);
        Required = Listener(engine, SqlEncryption.Required);
        Clear = Listener(engine, SqlEncryption.NotSupported);
    }

    public SqlServerListener Supported { get; }
    public SqlServerListener Required { get; }
    public SqlServerListener Clear { get; }

    /// <summary>Each must have fired once a judge is through.</summary>
    public IReadOnlyDictionary<string, FaultRule> Faults { get; private set; } = new Dictionary<string, FaultRule>();

    private IEnumerable<SqlServerListener> Listeners => [Supported, Required, Clear];

    public static async Task<JudgedServer> StartAsync(CancellationToken cancellationToken)
    {
        var engine = new SqlServerEngine(TimeProvider.System, new SqlServerEngineOptions { Capture = CaptureSchedule.Every(TimeSpan.FromMilliseconds(20)), Seed = 1 });
        engine.CreateDatabase(Database);
        var server = new JudgedServer(engine);
        foreach (var listener in server.Listeners) await listener.StartAsync(cancellationToken);
        server.ArmFaults();
        return server;
    }

    /// <summary>What a judge must know, as JSON.</summary>
    public string Description() => JsonSerializer.Serialize(new
    {
        host = "127.0.0.1",
        user = User,
        password = Password,
        database = Database,
        ports = new { supported = Supported.Port, required = Required.Port, clear = Clear.Port },
        certificates = new { supported = Pem(Supported), required = Pem(Required) },
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in Listeners) await listener.DisposeAsync();
    }

    private void ArmFaults()
    {
        FaultRule On(string name) => Supported.Faults.On(FaultPoint.Request($"fault: {name}")).Always();
        FaultRule AfterRows(int rows, string name) => Supported.Faults.On(FaultPoint.AfterRows(rows, text => text.Contains($"fault: {name}", StringComparison.Ordinal))).Always();
        Faults = new Dictionary<string, FaultRule>
        {
            ["reset"] = On("reset").CloseRst(),
            ["close"] = On("close").CloseFin(),
            ["lost reply"] = On("lost reply").RunThenDrop(),
            ["hang"] = On("hang").Hang(),
            ["silence"] = On("silence").Hang(ignoreAttention: true),
            ["deadlock"] = On("deadlock").Error(1205, severity: 13, state: 51, message: "Transaction was deadlocked. Rerun the transaction."),
            ["fatal"] = On("fatal").Error(823, severity: 24, state: 2, message: "The operating system returned error 21."),
            ["close in the rows"] = AfterRows(50, "in the rows").CloseFin(),
            ["error after the rows"] = AfterRows(50, "after the rows").Error(8645, severity: 17),
            ["cut in a packet"] = AfterRows(1, "in a packet").CutAfterBytes(100),
        };
    }

    private static SqlServerListener Listener(SqlServerEngine engine, SqlEncryption encryption)
    {
        var logins = new Dictionary<string, string> { [User] = Password };
        return new SqlServerListener(engine, TimeProvider.System, new SqlServerListenerOptions { Logins = logins, Encryption = encryption });
    }

    private static string Pem(SqlServerListener listener) => PemEncoding.WriteString("CERTIFICATE", listener.Certificate.Span);
}
