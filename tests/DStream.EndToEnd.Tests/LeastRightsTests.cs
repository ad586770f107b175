using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using DStream.Hosting;
using Microsoft.Data.SqlClient;

namespace DStream.EndToEnd.Tests;

/// <summary>Both programs with the login of deploy/sql and the rights that it grants, no others.</summary>
public sealed partial class LeastRightsTests : EndToEndTest
{
    [Fact]
    public async Task Hosts_LoginOfTheScripts_EverythingArrivesOnceInOrder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        await using var pipeline = await PrepareAsync(Configuration([Persons]), [Persons]);
        var (login, password) = (Servers.SqlServer.Database, $"Aa1-{Guid.NewGuid():N}");
        await RunScriptAsync("checkpoints.sql", login, password);
        await RunScriptAsync("grants.sql", login, password);
        var limited = Connections with
        {
            Database = new SqlConnectionStringBuilder(Connections.Database) { UserID = login, Password = password }.ConnectionString,
        };
        Launch("DStream.Router", pipeline.ConfigurationPath, limited);
        var ingester = Launch("DStream.Ingester", pipeline.ConfigurationPath, limited);

        await pipeline.CommitAsync(500, rate: 0, Stop);

        await AssertCleanAsync(pipeline);

        // A batch may be delivered before its checkpoint is saved; the ingester ends after that.
        await ingester.TerminateAsync();
        Assert.Equal(ExitCodes.Success, await ingester.ExitCodeAsync());
        Assert.Equal(1, await Servers.SqlServer.QueryAsync<int>("SELECT COUNT(*) FROM [dstream].[checkpoints] WHERE [start_lsn] IS NOT NULL;", Stop));
    }

    /// <summary>A template of deploy/sql, with this test's database, login and password.</summary>
    private async Task RunScriptAsync(string name, string login, string password, [CallerFilePath] string here = "")
    {
        var script = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "deploy", "sql", name), Stop);
        script = Principal().Replace(script.ReplaceLineEndings("\n"), $"[{login}]").Replace("[TestDB]", $"[{Servers.SqlServer.Database}]", StringComparison.Ordinal)
            .Replace("<a long random password>", password, StringComparison.Ordinal);
        await Servers.SqlServer.RunAsync(script, Stop);
    }

    // Not the schema of the checkpoints, which has the same name.
    [GeneratedRegex(@"(?<=LOGIN |USER |TO )\[dstream\]")]
    private static partial Regex Principal();
}
