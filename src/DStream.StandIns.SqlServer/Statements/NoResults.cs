using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Where the results of statements inside a function go: nowhere, since they can have none.</summary>
internal sealed class NoResults : IResultSink
{
    public static NoResults Instance { get; } = new();

    public void Columns(IReadOnlyList<SqlColumn> columns)
    {
    }

    public void Row(ReadOnlySpan<object?> values)
    {
    }

    public void EncodedRow(ReadOnlySpan<byte> row)
    {
    }

    public void StatementDone(long? rowCount, StatementKind kind = StatementKind.Other)
    {
    }

    public void Message(SqlError message)
    {
    }

    public void ReturnStatus(int value)
    {
    }

    public void OutputParameter(SqlParameter parameter)
    {
    }

    public ValueTask FlushAsync(CancellationToken attention) => ValueTask.CompletedTask;
}
