using System.Diagnostics;

namespace DStream.TestSupport;

/// <summary>A host's executable in a process of its own.</summary>
public sealed class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];

    /// <summary>Starts <c>dotnet NAME.dll ARGS</c> with nothing of DStream's variables but those given.</summary>
    public HostProcess(string name, string[] args, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, name + ".dll"), .. args]) start.ArgumentList.Add(argument);
        foreach (var key in start.Environment.Keys.Where(static key => key.StartsWith("DSTREAM_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(key);
        foreach (var (variable, value) in variables) start.Environment[variable] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public IReadOnlyList<string> Output => Copy(_output);

    public IReadOnlyList<string> Errors => Copy(_errors);

    public bool HasExited => _process.HasExited;

    /// <summary>Asks it to stop, as Kubernetes does.</summary>
    public Task TerminateAsync() => SignalAsync("-TERM");

    /// <summary>Presses Ctrl-C.</summary>
    public Task InterruptAsync() => SignalAsync("-INT");

    /// <summary>Ends it at once, in the middle of whatever it does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits for its end and for all that it wrote.</summary>
    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private void Keep(List<string> lines, string? line)
    {
        if (line is null) return;
        lock (_gate) lines.Add(line);
    }

    private List<string> Copy(List<string> lines)
    {
        lock (_gate) return [.. lines];
    }
}
