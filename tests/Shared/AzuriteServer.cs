using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace DStream.Tests.Shared;

/// <summary>
/// Azurite, the official emulator of Blob Storage, as a process of its own on a free port of 127.0.0.1, with an account and a key of its own,
/// in memory.
/// </summary>
public sealed partial class AzuriteServer : IAsyncDisposable
{
    /// <summary>Names a storage account to test against instead.</summary>
    public const string Variable = "DSTREAM_TEST_BLOB";

    /// <summary>What to do where Azurite is absent.</summary>
    public const string Remedy = "Azurite is not installed: run 'npm ci --prefix tests/judges/azurite' (Node.js 20 or later), or set " + Variable + " to a connection string.";

    private readonly Process _process;

    private AzuriteServer(Process process, string connectionString)
    {
        _process = process;
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    /// <summary>Where it is installed; null where it is not.</summary>
    public static string? Executable()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "DStream.sln"))) continue;
            var main = Path.Combine(folder.FullName, "tests", "judges", "azurite", "node_modules", ".bin", "azurite-blob");
            return File.Exists(main) ? main : null;
        }

        return null;
    }

    public static async Task<AzuriteServer> StartAsync(string executable, CancellationToken cancellationToken)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
        var start = new ProcessStartInfo(executable)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent" },
            Environment = { ["AZURITE_ACCOUNTS"] = $"test:{key}" },
        };
        var process = Process.Start(start)!;
        // A test run that is broken off must not leave it behind.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill(process);
        try
        {
            var address = await AddressAsync(process, cancellationToken);
            return new AzuriteServer(process, $"DefaultEndpointsProtocol=http;AccountName=test;AccountKey={key};BlobEndpoint={address}/test;");
        }
        catch
        {
            Kill(process);
            throw;
        }
    }

    /// <summary>Kills it, as a crash of the service would.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Kill(_process);
        await _process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Lets it hang: connections stay open, nothing answers.</summary>
    public async Task FreezeAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-STOP", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Kill(_process);
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<string> AddressAsync(Process process, CancellationToken cancellationToken)
    {
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (Listening().Match(line) is not { Success: true } match) continue;
            // Whoever does not read makes the writer block in the end.
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
            return match.Value;
        }

        throw new InvalidOperationException($"Azurite ended at once: {await process.StandardError.ReadToEndAsync(cancellationToken)}");
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended, or was disposed of.
        }
    }

    [GeneratedRegex("http://127\\.0\\.0\\.1:[0-9]+")]
    private static partial Regex Listening();
}
