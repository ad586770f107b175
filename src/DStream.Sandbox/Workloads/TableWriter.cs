using System.Data;
using System.Globalization;
using System.Text;
using DStream.Core;
using Microsoft.Data.SqlClient;

namespace DStream.Sandbox.Workloads;

/// <summary>Writes to one table, and knows what it holds. A transaction's effects count only once it has committed.</summary>
internal sealed class TableWriter(SandboxTable table, Random random, TimeProvider time)
{
    private static readonly string[] FirstNames = ["Diana", "Åsa", "Zoë", "José", "Li", "Olga", "Ken", "\"Q\"", "O'Neil", "名前"];
    private static readonly string[] LastNames = ["Williams", "Müller", "Ngô", "Smith", "Ivanova", "Back\\slash", "Tab\there"];

    /// <summary>The most rows of one bulk load, whatever its limits allow.</summary>
    internal const int MostBulkRows = 300;

    private const int FewestBulkRows = 100;

    private readonly SortedDictionary<int, SandboxRow> _rows = [];
    private readonly Stack<(int Id, SandboxRow? Before)> _undo = [];
    private int _nextId = 1;
    private long _version;
    private long _order;

    internal SandboxTable Table => table;

    /// <summary>Runs one transaction; returns what it committed, nothing where it was rolled back.</summary>
    internal async Task<IReadOnlyList<CommittedChange>> RunTransactionAsync(
        SqlConnection connection, TransactionLimits limits, CancellationToken cancellationToken)
    {
        var before = (_nextId, _version, _order);
        _undo.Clear();
        var changes = new List<CommittedChange>();
        await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(cancellationToken);
        var statements = random.Next(1, 6);
        for (var i = 0; i < statements && changes.Count < limits.Changes; i++)
            await RunStatementAsync(connection, transaction, changes, limits with { Changes = limits.Changes - changes.Count }, cancellationToken);

        if (random.Next(20) == 0)
        {
            await transaction.RollbackAsync(cancellationToken);
            (_nextId, _version, _order) = before;
            Undo();
            return [];
        }

        await transaction.CommitAsync(cancellationToken);
        return changes;
    }

    private async Task RunStatementAsync(
        SqlConnection connection, SqlTransaction transaction, List<CommittedChange> changes, TransactionLimits limits,
        CancellationToken cancellationToken)
    {
        _version++;
        var room = limits.Changes;
        var dice = random.Next(100);
        if (dice >= 98)
        {
            // A quarter of what is left at most, so that a short run keeps room for the other kinds.
            var count = Math.Min(random.Next(FewestBulkRows, MostBulkRows + 1), Math.Min(limits.BulkRows, (room / 4) + 1));
            await BulkLoad.WriteAsync(connection, transaction, table, NewRows(changes, count), time.GetUtcNow().UtcDateTime, cancellationToken);
            return;
        }

        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        if (_rows.Count < 10 || dice < 40) Insert(command, changes, Math.Min(room, random.Next(1, 11)));
        else if (dice < 75) Update(command, changes, PickRange(Math.Min(room, random.Next(1, 6))));
        else if (dice < 90) Delete(command, changes, PickRange(Math.Min(room, random.Next(1, 4))));
        else if (limits.SwapsKeys && room >= 4) SwapKeys(command, changes);
        else Update(command, changes, PickRange(1));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private void Insert(SqlCommand command, List<CommittedChange> changes, int count)
    {
        var text = new StringBuilder($"INSERT INTO {table.Name.Quoted} (ID, FirstName, LastName, Balance, Active, UpdatedAt, Version) VALUES ");
        AddCommon(command);
        foreach (var (i, row) in NewRows(changes, count).Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}(@id{i}, @first{i}, @last{i}, @balance{i}, @active{i}, @now, @version)");
            command.Parameters.Add($"@id{i}", SqlDbType.Int).Value = row.Id;
            command.Parameters.Add($"@first{i}", SqlDbType.NVarChar, 50).Value = row.FirstName;
            command.Parameters.Add($"@last{i}", SqlDbType.NVarChar, 50).Value = (object?)row.LastName ?? DBNull.Value;
            command.Parameters.Add(new SqlParameter($"@balance{i}", SqlDbType.Decimal) { Precision = 18, Scale = 2, Value = row.Balance });
            command.Parameters.Add($"@active{i}", SqlDbType.Bit).Value = row.Active;
        }

        command.CommandText = text.ToString();
    }

    /// <summary>Rows of one statement that inserts them.</summary>
    private List<SandboxRow> NewRows(List<CommittedChange> changes, int count)
    {
        var rows = new List<SandboxRow>(count);
        for (var i = 0; i < count; i++)
        {
            var row = new SandboxRow(
                _nextId++, FirstNames[random.Next(FirstNames.Length)], random.Next(8) == 0 ? null : LastNames[random.Next(LastNames.Length)],
                random.Next(-1_000_000, 1_000_000) / 100m, random.Next(2) == 0, _version);
            Put(changes, ChangeOperation.Insert, row);
            rows.Add(row);
        }

        _order++;
        return rows;
    }

    private void Update(SqlCommand command, List<CommittedChange> changes, IReadOnlyList<SandboxRow> rows)
    {
        AddCommon(command);
        AddRange(command, rows);
        command.CommandText =
            $"UPDATE {table.Name.Quoted} SET Balance = Balance + 1, Active = 1, UpdatedAt = @now, Version = @version WHERE ID BETWEEN @low AND @high";
        foreach (var row in rows) Put(changes, ChangeOperation.UpdateAfter, row with { Balance = row.Balance + 1, Active = true, Version = _version });
        _order++;
    }

    private void Delete(SqlCommand command, List<CommittedChange> changes, IReadOnlyList<SandboxRow> rows)
    {
        AddRange(command, rows);
        command.CommandText = $"DELETE FROM {table.Name.Quoted} WHERE ID BETWEEN @low AND @high";
        foreach (var row in rows)
        {
            _rows.Remove(row.Id);
            _undo.Push((row.Id, row));
            changes.Add(new CommittedChange(ChangeOperation.Delete, row, _order));
        }

        _order++;
    }

    /// <summary>A deferred update: captured as deletes of both rows, then inserts of both, in the order of their commands.</summary>
    private void SwapKeys(SqlCommand command, List<CommittedChange> changes)
    {
        var (one, other) = (PickRange(1)[0], PickRange(1)[0]);
        if (one.Id == other.Id)
        {
            Update(command, changes, [one]);
            return;
        }

        AddCommon(command);
        command.Parameters.Add("@a", SqlDbType.Int).Value = one.Id;
        command.Parameters.Add("@b", SqlDbType.Int).Value = other.Id;
        command.CommandText =
            $"UPDATE {table.Name.Quoted} SET ID = @a + @b - ID, UpdatedAt = @now, Version = @version WHERE ID IN (@a, @b)";
        changes.Add(new CommittedChange(ChangeOperation.Delete, one, _order));
        changes.Add(new CommittedChange(ChangeOperation.Delete, other, _order));
        _order++;
        Put(changes, ChangeOperation.Insert, one with { Id = other.Id, Version = _version });
        Put(changes, ChangeOperation.Insert, other with { Id = one.Id, Version = _version });
        _order++;
    }

    private void Put(List<CommittedChange> changes, ChangeOperation operation, SandboxRow row)
    {
        _undo.Push((row.Id, _rows.GetValueOrDefault(row.Id)));
        _rows[row.Id] = row;
        changes.Add(new CommittedChange(operation, row, _order));
    }

    private void Undo()
    {
        while (_undo.TryPop(out var change))
        {
            if (change.Before is { } row) _rows[change.Id] = row;
            else _rows.Remove(change.Id);
        }
    }

    /// <summary>Some rows that are neighbours by their key.</summary>
    private IReadOnlyList<SandboxRow> PickRange(int count) =>
        [.. _rows.Values.Skip(random.Next(Math.Min(_rows.Count, 1000) - Math.Min(count, _rows.Count) + 1)).Take(count)];

    private void AddCommon(SqlCommand command)
    {
        command.Parameters.Add(new SqlParameter("@now", SqlDbType.DateTime2) { Scale = 3, Value = time.GetUtcNow().UtcDateTime });
        command.Parameters.Add("@version", SqlDbType.BigInt).Value = _version;
    }

    private static void AddRange(SqlCommand command, IReadOnlyList<SandboxRow> rows)
    {
        command.Parameters.Add("@low", SqlDbType.Int).Value = rows[0].Id;
        command.Parameters.Add("@high", SqlDbType.Int).Value = rows[^1].Id;
    }
}
