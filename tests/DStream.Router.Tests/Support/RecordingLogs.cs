using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace DStream.Router.Tests;

/// <summary>Keeps the ids of what was logged at Information and above.</summary>
internal sealed class RecordingLogs : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<int> _ids = new();

    public int Count(int eventId) => _ids.Count(id => id == eventId);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) _ids.Enqueue(eventId.Id);
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
        // Nothing is held.
    }
}
