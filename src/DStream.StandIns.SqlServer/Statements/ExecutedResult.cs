using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>A result set that INSERT ... EXEC inserts.</summary>
internal sealed record ExecutedResult(BatchContext Context, IReadOnlyList<SqlColumn> Columns, List<object?[]> Rows);

/// <summary>Keeps the result sets of an executed statement; messages go on to the client.</summary>
internal sealed class ExecutedResults(BatchContext context) : IResultSink
{
    public List<ExecutedResult> All { get; } = [];

    public void Columns(IReadOnlyList<SqlColumn> columns) => All.Add(new ExecutedResult(context, columns, []));

    public void Row(ReadOnlySpan<object?> values) => All[^1].Rows.Add(values.ToArray());

    public void EncodedRow(ReadOnlySpan<byte> row) => throw new NotSupportedException("Rows are kept as values here.");

    public void StatementDone(long? rowCount, StatementKind kind = StatementKind.Other)
    {
    }

    public void Message(SqlError message) => context.Sink.Message(message);

    public void ReturnStatus(int value)
    {
    }

    public void OutputParameter(SqlParameter parameter)
    {
    }

    public ValueTask FlushAsync(CancellationToken attention) => ValueTask.CompletedTask;
}
