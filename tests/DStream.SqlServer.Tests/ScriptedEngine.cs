using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;

namespace DStream.SqlServer.Tests;

/// <summary>
/// An engine that answers one table's statements with given rows: for types and behaviour of a server that the stand-in's own engine lacks.
/// </summary>
internal sealed class ScriptedEngine(IReadOnlyList<SqlColumn> columns, IReadOnlyList<ScriptedRow> rows) : ISqlEngine
{
    private static readonly SqlType Lsn = new(SqlKind.Binary, 10);
    private static readonly SqlType Name = new(SqlKind.NVarChar, 256);
    private static readonly SqlType Int = new(SqlKind.Int);
    private static readonly SqlType Bit = new(SqlKind.Bit);
    private static readonly byte[] One = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    /// <summary>Whether the change table lacks <c>__$command_id</c>, as after an upgrade from an old version.</summary>
    public bool HasCommandId { get; init; } = true;

    /// <summary>Columns that the source computes.</summary>
    public IReadOnlyList<string> Computed { get; init; } = [];

    public ISqlSession Open(SqlLogin login) => new Session(this);

    private void Answer(string text, IResultSink sink)
    {
        if (text.Contains("is_cdc_enabled", StringComparison.Ordinal))
        {
            Set(sink, [new("is_cdc_enabled", Bit, false)], [true]);
            Set(sink, [new("object_id", Int, false), new("s", Name, false), new("t", Name, false)], [1, "dbo", "t"]);
        }
        else if (text.Contains("FROM cdc.change_tables", StringComparison.Ordinal))
            Set(sink, [new("capture_instance", Name, false), new("object_id", Int, false), new("role_name", Name)], ["dbo_t", 2, null]);
        else if (text.Contains("captured_columns", StringComparison.Ordinal)) Describe(sink);
        else if (text.Contains("_CT]", StringComparison.Ordinal) && text.Contains("TOP (0)", StringComparison.Ordinal) && !HasCommandId)
        {
            sink.Message(new SqlError(207, 1, 16, "Invalid column name '__$command_id'."));
            sink.StatementDone(null);
        }
        else if (text.Contains("TOP (0)", StringComparison.Ordinal)) Set(sink, [new("c", Int)]);
        else if (text.Contains("fn_cdc_get_max_lsn", StringComparison.Ordinal)) Set(sink, [new("m", Lsn)], [One]);
        else if (text.Contains("ORDER BY ct.", StringComparison.Ordinal)) Page(text, sink);
        else Set(sink, [new("c", Lsn)], [One]);
    }

    private void Describe(IResultSink sink)
    {
        var described = columns.Select((column, i) => new object?[] { column.Name, i + 1, Computed.Contains(column.Name) });
        Set(sink, [new("column_name", Name, false), new("column_ordinal", Int, false), new("is_computed", Bit)], [.. described]);
        Set(sink, [new("column_name", Name, false)], [columns[0].Name]);
        Set(sink, [new("name", Name, false)]);
        Set(sink, [new("low", Lsn)], [One]);
    }

    private void Page(string text, IResultSink sink)
    {
        if (text.Contains("N'all') AS f", StringComparison.Ordinal)) Set(sink, [new("c", Lsn)], [One]);
        SqlColumn[] leading =
        [
            new("__$start_lsn", Lsn, false), new("__$command_id", Int), new("__$seqval", Lsn, false), new("__$operation", Int, false),
            new("__$update_mask", new SqlType(SqlKind.VarBinary, 128)), new("tran_end_time", new SqlType(SqlKind.DateTime)),
        ];
        Set(sink, [.. leading, .. columns], [.. rows.Select((row, i) => (object?[])
            [One, HasCommandId ? i : -1, One, row.Operation, row.Mask, null, .. row.Values])]);
        Set(sink, [new("low", Lsn)], [One]);
    }

    private static void Set(IResultSink sink, SqlColumn[] columns, params object?[][] rows)
    {
        sink.Columns(columns);
        foreach (var row in rows) sink.Row(row);
        sink.StatementDone(rows.Length);
    }

    private sealed class Session(ScriptedEngine engine) : ISqlSession
    {
        public short Id => 51;

        public string Database => "TestDB";

        public ulong TransactionDescriptor => 0;

        public ValueTask ExecuteAsync(SqlRequest request, IResultSink sink, CancellationToken attention)
        {
            engine.Answer(request.Text, sink);
            return ValueTask.CompletedTask;
        }

        public ISqlBulkLoad BeginBulkLoad(IReadOnlyList<SqlColumn> bulkColumns, IResultSink sink) => throw new NotSupportedException();

        public void Begin(SqlIsolation isolation, string? name) => throw new NotSupportedException();

        public void Commit(string? name) => throw new NotSupportedException();

        public void Rollback(string? name) => throw new NotSupportedException();

        public void Save(string name) => throw new NotSupportedException();

        public byte[] State => [];

        public bool IsRecoverable => TransactionDescriptor == 0;

        public void Restore(byte[] state)
        {
        }

        public void Reset(bool keepTransaction)
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
