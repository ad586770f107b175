using System.Diagnostics;
using DStream.Tests.Shared;

namespace DStream.StandIns.SqlServer.Tests.Judges;

/// <summary>
/// FreeTDS' programs, unmodified, against a stand-in: they run the scripts of tests/judges/freetds, and what they print is compared with the
/// files beside them.
/// </summary>
public sealed class FreeTdsJudgeTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dstream-freetds");
    private JudgedServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await JudgedServer.StartAsync(Token);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("7.3", "off")]
    [InlineData("7.4", "off")]
    [InlineData("7.4", "request")]
    [InlineData("7.4", "require")]
    public async Task Tsql_Script_PrintsWhatIsExpected(string version, string encryption)
    {
        var (output, messages) = await RunAsync("tsql", "script.sql", version, encryption, "-o", "q");

        Assert.Equal(await ExpectedAsync("script.out.txt"), output);
        Assert.Equal(await ExpectedAsync("script.messages.txt"), messages);
    }

    [Theory]
    [InlineData("7.3", "off")]
    [InlineData("7.4", "require")]
    public async Task Tsql_Errors_TellsNumberSeverityStateAndLine(string version, string encryption)
    {
        var (output, messages) = await RunAsync("tsql", "errors.sql", version, encryption, "-o", "q");

        Assert.Equal(await ExpectedAsync("errors.out.txt"), output);
        Assert.Equal(await ExpectedAsync("errors.messages.txt"), messages);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("require")]
    public async Task Bsqldb_Script_PrintsWhatIsExpected(string encryption)
    {
        var (output, messages) = await RunAsync("bsqldb", "bsqldb.sql", "7.4", encryption, "-q", "-t", "|", "-i", Path.Combine(Scripts(), "bsqldb.sql"));

        Assert.Equal(await ExpectedAsync("bsqldb.out.txt"), output);
        Assert.Equal("", messages);
    }

    [Fact]
    public async Task Freebcp_In_LoadsTheRows()
    {
        var data = Path.Combine(_folder.FullName, "rows.txt");
        await File.WriteAllTextAsync(data, "1|Diana|10.50\n2||\n3|Ænne|-1.25\n", Token);
        await RunAsync("tsql", "copied.sql", "7.4", "off", "-o", "q");

        var (output, messages) = await RunProgramAsync("freebcp", "", "7.4", "off", $"{JudgedServer.Database}.dbo.Copied", "in", data, "-c", "-t", "|");

        Assert.Contains("3 rows copied.", output + messages, StringComparison.Ordinal);
        var (rows, _) = await RunProgramAsync("tsql", $"USE {JudgedServer.Database}\ngo\nSELECT * FROM dbo.Copied ORDER BY id\ngo\n", "7.4", "off", "-o", "q");
        Assert.Equal("id\tname\tpaid\n1\tDiana\t10.50\n2\tNULL\tNULL\n3\tÆnne\t-1.25\n", rows);
    }

    // What is older than 7.3 has no types for date, time, datetime2 and datetimeoffset.
    [Theory]
    [InlineData("7.1")]
    [InlineData("7.2")]
    public async Task Tsql_OldProtocol_IsRefusedInWords(string version)
    {
        var (output, messages) = await RunAsync("tsql", "errors.sql", version, "off", "-o", "q");

        Assert.Contains("Msg 17828 (severity 20, state 1)", output + messages, StringComparison.Ordinal);
        Assert.Contains("ask for 7.3, 7.4 or 8.0", output + messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tsql_WrongPassword_IsTold18456()
    {
        var (output, messages) = await RunAsync("tsql", "errors.sql", "7.4", "off", "-o", "q", "-P", "wrong");

        Assert.Contains("Msg 18456 (severity 14, state 1)", output + messages, StringComparison.Ordinal);
    }

    private async Task<(string Output, string Messages)> RunAsync(string program, string script, string version, string encryption, params string[] more) =>
        await RunProgramAsync(program, await File.ReadAllTextAsync(Path.Combine(Scripts(), script), Token), version, encryption, ["-D", JudgedServer.Database, .. more]);

    private async Task<(string Output, string Messages)> RunProgramAsync(string program, string input, string version, string encryption, params string[] more)
    {
        Assert.SkipUnless(InstalledProgram.IsThere(program), $"{program} is not on the path: install FreeTDS' programs (Debian: freetds-bin) to run the judge.");
        var port = encryption == "require" ? _server.Required.Port : _server.Supported.Port;
        var configuration = Path.Combine(_folder.FullName, "freetds.conf");
        await File.WriteAllTextAsync(configuration, $"""
            [judged]
            host = 127.0.0.1
            port = {port}
            tds version = {version}
            encryption = {encryption}
            client charset = UTF-8

            """, Token);
        string[] login = more.Contains("-P") ? [] : ["-P", JudgedServer.Password];
        string[] arguments = program == "freebcp" ? [.. more, "-S", "judged", "-U", JudgedServer.User, .. login] : ["-S", "judged", "-U", JudgedServer.User, .. login, .. more];
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["FREETDSCONF"] = configuration, ["LC_ALL"] = "C.UTF-8" },
        };
        return await RunAsync(start, input);
    }

    private static async Task<(string Output, string Messages)> RunAsync(ProcessStartInfo start, string input)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(Patience);
        using var process = Process.Start(start)!;
        try
        {
            var (output, messages) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await WriteAsync(process, input);
            await process.WaitForExitAsync(patience.Token);
            return (await output, await messages);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    // A program that was refused ends before it has read its input.
    private static async Task WriteAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // What it printed tells.
        }
    }

    private static Task<string> ExpectedAsync(string file) => File.ReadAllTextAsync(Path.Combine(Scripts(), file), Token);

    private static string Scripts([System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "judges", "freetds"));
}
