using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Tests.Engine;

/// <summary>Keeps what a request returned.</summary>
internal sealed class CollectingSink : IResultSink
{
    public List<ResultSet> Results { get; } = [];

    public List<SqlError> Messages { get; } = [];

    public List<long?> Counts { get; } = [];

    public List<SqlParameter> Outputs { get; } = [];

    public IEnumerable<SqlError> Errors => Messages.Where(m => m.Severity > 10);

    public void Columns(IReadOnlyList<SqlColumn> columns) => Results.Add(new ResultSet(columns, []));

    public void Row(ReadOnlySpan<object?> values) => Results[^1].Rows.Add(values.ToArray());

    public void EncodedRow(ReadOnlySpan<byte> row) => throw new NotSupportedException("The collecting sink takes values.");

    public void StatementDone(long? rowCount, StatementKind kind = StatementKind.Other) => Counts.Add(rowCount);

    public void Message(SqlError message) => Messages.Add(message);

    public void ReturnStatus(int value)
    {
    }

    public void OutputParameter(SqlParameter parameter) => Outputs.Add(parameter);

    public ValueTask FlushAsync(CancellationToken attention)
    {
        attention.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }
}

internal sealed record ResultSet(IReadOnlyList<SqlColumn> Columns, List<object?[]> Rows);
