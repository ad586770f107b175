using System.Text.RegularExpressions;
using Microsoft.Data.SqlClient;

namespace DStream.Corpus.Tests;

/// <summary>Sends files of the corpus to one database and writes down what comes back.</summary>
internal sealed partial class CorpusPlayer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TestSqlServer _server;
    private readonly SqlConnection _connection;

    private CorpusPlayer(TestSqlServer server) => (_server, _connection) = (server, new SqlConnection(server.ConnectionString));

    /// <summary>Creates the database and connects.</summary>
    public static async Task<CorpusPlayer> StartAsync(TestSqlServer server, CancellationToken cancellationToken)
    {
        await server.CreateDatabaseAsync(enableCdc: false, cancellationToken);
        var player = new CorpusPlayer(server);
        await player._connection.OpenAsync(cancellationToken);
        return player;
    }

    public async Task<string> PlayAsync(CorpusFile file, CancellationToken cancellationToken)
    {
        var sorted = !file.Statement.Contains("ORDER BY", StringComparison.OrdinalIgnoreCase);
        var answer = new Answer(file.Volatile, sorted);
        foreach (var batch in file.Batches)
        {
            answer.BeginBatch();
            await using var command = new SqlCommand(Adapted(batch), _connection);
            foreach (var parameter in file.Parameters) command.Parameters.Add(parameter.ToSqlParameter(await EvaluateAsync(parameter.Value, cancellationToken)));
            await RunAsync(command, answer, cancellationToken);
        }

        await WaitAsync(file, cancellationToken);
        return answer.ToString().Replace(_server.Database, "(database)", StringComparison.OrdinalIgnoreCase);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task RunAsync(SqlCommand command, Answer answer, CancellationToken cancellationToken)
    {
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            do
            {
                if (reader.FieldCount == 0) continue;
                answer.BeginResult(await reader.GetColumnSchemaAsync(cancellationToken));
                while (await reader.ReadAsync(cancellationToken))
                {
                    var values = new object[reader.FieldCount];
                    reader.GetProviderSpecificValues(values);
                    answer.AddRow(values);
                }
            }
            while (await reader.NextResultAsync(cancellationToken));

            await reader.CloseAsync();
            answer.Affected(reader.RecordsAffected);
        }
        catch (SqlException failure)
        {
            foreach (SqlError error in failure.Errors) answer.Error(error);
        }
    }

    /// <summary>The names that scripts of deploy/sql leave to their reader become the test's own.</summary>
    private string Adapted(string batch) => NameOfReader().Replace(
        batch.Replace("[TestDB]", $"[{_server.Database}]", StringComparison.Ordinal)
            .Replace("<a long random password>", $"Pw-{Guid.NewGuid():N}", StringComparison.Ordinal),
        $"[{_server.Database}]");

    private async Task<object> EvaluateAsync(string expression, CancellationToken cancellationToken)
    {
        await using var command = new SqlCommand($"SELECT {expression};", _connection);
        return await command.ExecuteScalarAsync(cancellationToken) ?? DBNull.Value;
    }

    /// <summary>Capture follows its transactions late, and later on one server than on another.</summary>
    private async Task WaitAsync(CorpusFile file, CancellationToken cancellationToken)
    {
        if (file.Until is null) return;
        var began = TimeProvider.System.GetTimestamp();
        while (await EvaluateAsync($"IIF({file.Until}, 1, 0)", cancellationToken) is not 1)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"{file.Name} waited a minute in vain for {file.Until}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
        }
    }

    [GeneratedRegex(@"(?<=\b(LOGIN|USER|TO|MEMBER) )\[dstream\]")]
    private static partial Regex NameOfReader();
}
