using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DStream.Core;

namespace DStream.Sandbox;

/// <summary>Azurite's blob service, started from the PATH on a free port, with its data in a folder of its own.</summary>
internal sealed class AzuriteProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private AzuriteProcess(Process process, DirectoryInfo folder, int port)
    {
        _process = process;
        _folder = folder;

        // The account and key are Azurite's published development ones, the same for everybody.
        ConnectionString =
            "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
            + "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
            + $"BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1;";
    }

    internal string ConnectionString { get; }

    internal static async Task<AzuriteProcess> StartAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var port = FreePort();
        var folder = Directory.CreateTempSubdirectory("dstream-azurite-");
        try
        {
            var azurite = new AzuriteProcess(Launch(port, folder), folder, port);
            await azurite.ListensAsync(port, time, cancellationToken);
            return azurite;
        }
        catch (ProviderException)
        {
            // Already gone where it had been started.
            folder.Refresh();
            if (folder.Exists) folder.Delete(recursive: true);
            throw;
        }
    }

    private async Task ListensAsync(int port, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(StartTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            while (!await AnswersAsync(port, both.Token))
            {
                if (_process.HasExited) throw new ProviderException($"azurite-blob ended with exit code {_process.ExitCode}.", isTransient: false);
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, both.Token);
            }
        }
        catch (Exception failure)
        {
            await DisposeAsync();
            if (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new ProviderException($"azurite-blob does not answer on port {port} after {StartTimeout.TotalSeconds} s.", isTransient: false, failure);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static Process Launch(int port, DirectoryInfo folder)
    {
        string[] arguments =
        [
            "--blobHost", "127.0.0.1", "--blobPort", port.ToString(CultureInfo.InvariantCulture), "--location", folder.FullName, "--silent",
            "--skipApiVersionCheck", "--disableTelemetry",
        ];
        try
        {
            // Read, and not shown: what it says at its start and end is not for the sandbox's user.
            var process = Process.Start(new ProcessStartInfo("azurite-blob", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return process;
        }
        catch (Win32Exception missing)
        {
            throw new ProviderException("--azurite needs azurite-blob on the PATH: npm install -g azurite.", isTransient: false, missing);
        }
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
