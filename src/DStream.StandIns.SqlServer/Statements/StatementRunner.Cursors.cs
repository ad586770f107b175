using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Cursors: DECLARE, OPEN, FETCH, CLOSE, DEALLOCATE.</summary>
internal sealed partial class StatementRunner
{
    private async ValueTask<bool> RunCursorAsync(TSqlStatement statement)
    {
        switch (statement)
        {
            case DeclareCursorStatement declare:
                Declare(declare);
                return true;
            case OpenCursorStatement open:
                await OpenAsync(Named(open.Cursor)).ConfigureAwait(false);
                return true;
            case FetchCursorStatement fetch:
                Fetch(fetch);
                return true;
            case CloseCursorStatement close:
                var closing = Named(close.Cursor);
                _ = closing.Rows ?? throw NotOpen();
                closing.Close();
                return true;
            case DeallocateCursorStatement deallocate:
                var gone = Named(deallocate.Cursor);
                _ = context.Cursors.Remove(gone.Name) || context.Session.Cursors.Remove(gone.Name);
                return true;
            default:
                return false;
        }
    }

    private void Declare(DeclareCursorStatement node)
    {
        bool Has(CursorOptionKind kind) => node.CursorDefinition.Options.Any(option => option.OptionKind == kind);
        var isScrollable = Has(CursorOptionKind.Scroll) || Has(CursorOptionKind.Static) || Has(CursorOptionKind.Keyset) || Has(CursorOptionKind.Dynamic);
        var cursors = Has(CursorOptionKind.Local) ? context.Cursors : context.Session.Cursors;
        var cursor = new Cursor(node.Name.Value, node.CursorDefinition.Select, (object?[])context.Variables.Clone(), isScrollable);
        if (!cursors.TryAdd(cursor.Name, cursor))
        {
            throw Errors.Of(16915, 16, $"A cursor with the name '{cursor.Name}' already exists.");
        }
    }

    private async ValueTask OpenAsync(Cursor cursor)
    {
        if (cursor.Rows is not null)
        {
            throw Errors.Of(16905, 16, "The cursor is already open.");
        }
        var results = new ExecutedResults(context);
        await new StatementRunner(context.Nested(results, cursor.Variables), batch) { IsInsideTry = true }.SelectAsync(cursor.Select).ConfigureAwait(false);
        cursor.Open(results.All[0].Columns, results.All[0].Rows);
        context.Session.CursorRows = cursor.Rows!.Count;
    }

    private void Fetch(FetchCursorStatement node)
    {
        var cursor = Named(node.Cursor);
        _ = cursor.Rows ?? throw NotOpen();
        var orientation = node.FetchType?.Orientation ?? FetchOrientation.None;
        if (!cursor.IsScrollable && orientation is not (FetchOrientation.None or FetchOrientation.Next))
        {
            throw Errors.Of(16911, 16, $"fetch: The fetch type {orientation.ToString().ToLowerInvariant()} cannot be used with forward only cursors.");
        }
        if (node.IntoVariables.Count > 0 && node.IntoVariables.Count != cursor.Columns.Count)
        {
            throw Errors.Of(16924, 16, "Cursorfetch: The number of variables declared in the INTO list must match that of selected columns.");
        }
        var offset = node.FetchType?.RowOffset is { } value ? (int)Scalar(value).ConvertTo(SqlTypes.Int).Eval(Frame())! : 0;
        var row = cursor.Move(orientation, offset);
        context.Session.FetchStatus = row is null ? -1 : 0;
        context.Session.RowCount = row is null ? 0 : 1;
        if (node.IntoVariables.Count == 0)
        {
            Send(cursor.Columns, row);
            return;
        }
        for (var i = 0; row is not null && i < row.Length; i++)
        {
            var name = node.IntoVariables[i].Name;
            var (ordinal, type) = batch.Variables.Find(name) ?? throw Errors.UndeclaredVariable(name);
            context.Variables[ordinal] = Conversion.To(row[i], cursor.Columns[i].Type, type);
        }
    }

    private void Send(IReadOnlyList<SqlColumn> columns, object?[]? row)
    {
        context.Sink.Columns(columns);
        if (row is not null)
        {
            context.Sink.Row(row);
        }
        context.Sink.StatementDone(context.Session.Settings.NoCount ? null : context.Session.RowCount);
    }

    private Cursor Named(CursorId id)
    {
        var name = id.Name.Identifier?.Value ?? throw Errors.Unsupported("a cursor variable");
        return (id.IsGlobal ? null : context.Cursors.GetValueOrDefault(name)) ?? context.Session.Cursors.GetValueOrDefault(name)
            ?? throw Errors.Of(16916, 16, $"A cursor with the name '{name}' does not exist.");
    }

    private static Sessions.SqlErrorException NotOpen() => Errors.Of(16917, 16, "Cursor is not open.");
}
