using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>
/// The rows of an INSERT BULK on their way into their table: one statement, in the session's transaction or one of its own,
/// whose locks it holds from the first row on.
/// </summary>
internal sealed class BulkLoad : ISqlBulkLoad
{
    private readonly SqlSession _session;
    private readonly BatchContext _context;
    private readonly BulkTarget _target;
    private readonly Scalar[] _assignments;
    private readonly RowMaker _maker;
    private readonly bool _isOwn;
    private readonly Transaction _transaction;
    private readonly TransactionMark _start;
    private long _rows;
    private bool _completed;

    public BulkLoad(SqlSession session, BulkTarget target, IReadOnlyList<SqlColumn> columns, IResultSink sink)
    {
        (_session, _target, _assignments) = (session, target, target.Assignments(columns));
        _maker = new RowMaker(target.Database, target.Table) { ChecksConstraints = target.ChecksConstraints };
        _context = new BatchContext(session, sink, [], CancellationToken.None);
        _context.BeginStatement();
        _isOwn = session.TransactionCount == 0;
        lock (session.Engine.Gate)
        {
            _transaction = session.Transaction ??= session.Engine.NewTransaction(session.Id, session.Settings.Isolation);
            _start = _transaction.Mark();
        }
    }

    public async ValueTask WriteAsync(IReadOnlyList<object?[]> rows, CancellationToken attention)
    {
        try
        {
            while (TryWrite(rows) is { } owner)
            {
                await LockWait.ForAsync(_session.Engine, _transaction, owner, _session.Settings.LockTimeout, attention).ConfigureAwait(false);
            }
        }
        catch (SqlErrorException error)
        {
            (_session.LastError, _session.RowCount) = (error.Error.Number, 0);
            if (error.Error.Number == 1205)
            {
                _session.RollbackAll();
            }
            throw;
        }
        _rows += rows.Count;
    }


    public void Complete()
    {
        lock (_session.Engine.Gate)
        {
            if (_isOwn)
            {
                _session.Transaction = null;
                _session.Engine.End.Commit(_transaction);
            }
            _completed = true;
        }
        (_session.LastError, _session.RowCount) = (0, _rows);
        _context.Sink.StatementDone(_session.Settings.NoCount ? null : _rows, StatementKind.BulkInsert);
    }

    public void Dispose()
    {
        if (_completed || _session.Transaction != _transaction)
        {
            return;
        }
        if (_isOwn || _session.Settings.AbortOnError)
        {
            _session.RollbackAll();
            return;
        }
        lock (_session.Engine.Gate)
        {
            TransactionEnd.RollbackTo(_transaction, _start);
        }
    }

    /// <summary>Null where the rows are written, else who is in the way.</summary>
    private Transaction? TryWrite(IReadOnlyList<object?[]> rows)
    {
        lock (_session.Engine.Gate)
        {
            var mark = _transaction.Mark();
            try
            {
                if (_target.LocksTable)
                {
                    RowWriter.LockTable(_target.Table, _transaction);
                }
                Write(rows);
                return null;
            }
            catch (LockConflictException conflict)
            {
                TransactionEnd.RollbackTo(_transaction, mark);
                return conflict.Owner;
            }
        }
    }

    private void Write(IReadOnlyList<object?[]> rows)
    {
        var writer = new RowWriter(_target.Database, _target.Table, _transaction, _context.LocalNow);
        var frame = new Frame(_context, 1, 0, null);
        for (var i = 0; i < rows.Count; i++)
        {
            frame.Rows[0] = rows[i];
            var row = new object?[_target.Table.Columns.Count];
            var given = new bool[row.Length];
            for (var c = 0; c < _assignments.Length; c++)
            {
                var position = _target.Positions[c];
                row[position] = _assignments[c](frame);
                given[position] = row[position] is not null || _target.KeepsNulls || _target.Table.Columns[position].Default is null;
            }
            writer.Insert(_maker.Complete(_context, row, given, frame));
        }
        if (_target.ChecksConstraints)
        {
            writer.Finish(_context, "INSERT");
        }
    }
}
