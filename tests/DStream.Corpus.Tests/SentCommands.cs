using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Data.SqlClient;

namespace DStream.Corpus.Tests;

/// <summary>
/// Notes every command that DStream's provider gives to SqlClient for one database, as the client tells its diagnostic listener
/// (https://learn.microsoft.com/sql/connect/ado-net/diagnostic-counters has its name; the events come before a command is written).
/// </summary>
internal sealed class SentCommands : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    // What the provider calls itself where the connection string has no name.
    private const string Application = "DStream";

    private readonly string _database;
    private readonly ConcurrentDictionary<string, CorpusFile> _sent = new();
    private readonly List<IDisposable> _subscriptions = [];

    public SentCommands(string database)
    {
        _database = database;
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>Each distinct statement, as a file of the corpus would hold it; by signature.</summary>
    public IReadOnlyDictionary<string, CorpusFile> All => _sent;

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "SqlClientDiagnosticListener") _subscriptions.Add(value.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is not { Key: "Microsoft.Data.SqlClient.WriteCommandBefore", Value: IEnumerable<KeyValuePair<string, object>> payload }) return;
        if (payload.First(static item => item.Key == "Command").Value is not SqlCommand { Connection: { } connection } command) return;
        if (connection.Database != _database || new SqlConnectionStringBuilder(connection.ConnectionString).ApplicationName != Application) return;
        var parameters = command.Parameters.Cast<SqlParameter>().Select(CorpusParameter.Of).ToList();
        var file = new CorpusFile("", parameters, command.CommandText.ReplaceLineEndings("\n").TrimEnd('\n'), null, new HashSet<string>());
        _sent[file.Signature] = file;
    }

    public void OnError(Exception error)
    {
        // Nothing of its own can fail.
    }

    public void OnCompleted()
    {
        // The listener lives as long as the process.
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions) subscription.Dispose();
    }
}
