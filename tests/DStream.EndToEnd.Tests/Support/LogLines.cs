using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace DStream.EndToEnd.Tests;

/// <summary>Keeps what hosts in this process log, a line each: level and text.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = [];

    public IReadOnlyCollection<string> All => _lines;

    public ILogger CreateLogger(string categoryName) => new Logger(_lines);

    /// <summary>Whether a line has all of these.</summary>
    public bool Has(params string[] texts) => _lines.Any(line => Array.TrueForAll(texts, text => line.Contains(text, StringComparison.Ordinal)));

    public void Dispose()
    {
        // The lines stay: tests look at them when the hosts are gone.
    }

    private sealed class Logger(ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
    }
}
