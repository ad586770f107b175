using System.Data;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;
using SqlError = DStream.StandIns.SqlServer.Sessions.SqlError;
using SqlParameter = DStream.StandIns.SqlServer.Sessions.SqlParameter;

namespace DStream.StandIns.SqlServer.Tests.Wire;

public sealed class RequestTests : WireTest
{
    private static readonly SqlColumn Number = new("n", new SqlType(SqlKind.Int), IsNullable: false);

    [Fact]
    public async Task Execute_SeveralResults_AllArriveWithTheirCounts()
    {
        Engine.Reply((_, sink) =>
        {
            sink.StatementDone(3);
            sink.Columns([Number]);
            sink.Row([1]);
            sink.StatementDone(1);
            sink.Columns([Number]);
            sink.StatementDone(0);
            sink.StatementDone(4);
            sink.StatementDone(null);
        });
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("...", connection);
        var counts = new List<int>();
        command.StatementCompleted += (_, e) => counts.Add(e.RecordCount);

        await using var reader = await command.ExecuteReaderAsync(Token);

        Assert.True(await reader.ReadAsync(Token));
        Assert.False(await reader.ReadAsync(Token));
        Assert.True(await reader.NextResultAsync(Token));
        Assert.False(await reader.ReadAsync(Token));
        Assert.False(await reader.NextResultAsync(Token));
        Assert.Equal(7, reader.RecordsAffected);
        Assert.Equal([3, 1, 0, 4], counts);
    }

    [Fact]
    public async Task Execute_Error_HasNumberClassStateProcedureAndLine()
    {
        Engine.Reply((_, sink) =>
        {
            sink.Message(new SqlError(0, 1, 0, "a print"));
            sink.Message(new SqlError(2627, 3, 14, "Violation of PRIMARY KEY constraint.", "dbo.add_row", 17));
            sink.StatementDone(null);
        });
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("INSERT", connection);

        var error = await Assert.ThrowsAsync<SqlException>(() => command.ExecuteNonQueryAsync(Token));

        Assert.Equal((2627, 14, 3, 17), (error.Number, error.Class, error.State, error.LineNumber));
        Assert.Equal("dbo.add_row", error.Procedure);
        Assert.Equal("a print", error.Errors[1].Message);
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Fact]
    public async Task Execute_Message_RaisesInfoMessage()
    {
        Engine.Reply((_, sink) =>
        {
            sink.Message(new SqlError(50_000, 4, 10, "nearly an error"));
            sink.StatementDone(null);
        });
        await using var connection = await OpenAsync();
        var messages = new List<SqlError>();
        connection.InfoMessage += (_, e) => messages.Add(new SqlError(e.Errors[0].Number, e.Errors[0].State, e.Errors[0].Class, e.Message));
        await using var command = new SqlCommand("PRINT", connection);

        await command.ExecuteNonQueryAsync(Token);

        Assert.Equal([new SqlError(50_000, 4, 10, "nearly an error")], messages);
    }

    [Fact]
    public async Task Execute_ErrorAfterRows_RowsAreReadFirst()
    {
        Engine.Reply((_, sink) =>
        {
            sink.Columns([Number]);
            sink.Row([1]);
            sink.Message(new SqlError(8134, 1, 16, "Divide by zero error encountered."));
        });
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT", connection);
        await using var reader = await command.ExecuteReaderAsync(Token);

        Assert.True(await reader.ReadAsync(Token));
        var error = await Assert.ThrowsAsync<SqlException>(() => reader.ReadAsync(Token));

        Assert.Equal(8134, error.Number);
    }

    [Fact]
    public async Task Execute_EngineThrows_IsAnErrorNotALostConnection()
    {
        Engine.Answer = (_, _, _, _) => throw new InvalidTimeZoneException("odd");
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT", connection);

        var error = await Assert.ThrowsAsync<SqlException>(() => command.ExecuteScalarAsync(Token));

        Assert.Contains("a defect in the engine", error.Message, StringComparison.Ordinal);
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Fact]
    public async Task Execute_Procedure_GivesOutputsAndReturnStatus()
    {
        Engine.Reply((request, sink) =>
        {
            sink.ReturnStatus(-7);
            sink.OutputParameter(request.Parameters[1] with { Value = "späť" });
            sink.OutputParameter(request.Parameters[2] with { Value = null });
        });
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("sys.sp_cdc_enable_db", connection) { CommandType = CommandType.StoredProcedure };
        command.Parameters.AddWithValue("@in", 5);
        var text = command.Parameters.Add("@text", SqlDbType.NVarChar, 30);
        var number = command.Parameters.Add("@number", SqlDbType.BigInt);
        var status = command.Parameters.Add("@status", SqlDbType.Int);
        (text.Direction, number.Direction, status.Direction) = (ParameterDirection.Output, ParameterDirection.InputOutput, ParameterDirection.ReturnValue);
        number.Value = 3L;

        await command.ExecuteNonQueryAsync(Token);

        var request = Assert.Single(Engine.Requests);
        Assert.Equal("sys.sp_cdc_enable_db", request.Procedure);
        Assert.Equal(new SqlParameter("@in", new SqlType(SqlKind.Int), 5), request.Parameters[0]);
        Assert.Equal([false, true, true], request.Parameters.Select(parameter => parameter.IsOutput));
        Assert.Equal(3L, request.Parameters[2].Value);
        Assert.Equal(("späť", (object)DBNull.Value, -7), (text.Value, number.Value, status.Value));
    }

    [Fact]
    public async Task Execute_MissingParameter_Fails8178()
    {
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT @a, @b", connection);
        command.Parameters.AddWithValue("@a", 1);
        command.Parameters.Add("@b", SqlDbType.Decimal).Value = null;

        var error = await Assert.ThrowsAsync<SqlException>(() => command.ExecuteScalarAsync(Token));

        Assert.Equal(8178, error.Number);
        Assert.Empty(Engine.Requests);
    }

    [Fact]
    public async Task Prepare_ThenExecuteTwice_RunsTheTextWithEachValue()
    {
        Engine.Reply((request, sink) =>
        {
            sink.Columns([Number]);
            sink.Row([request.Parameters[0].Value]);
            sink.StatementDone(1);
        });
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT @p", connection);
        var parameter = command.Parameters.Add("@p", SqlDbType.Int);
        parameter.Value = 0;
        await command.PrepareAsync(Token);

        for (var i = 1; i <= 3; i++)
        {
            parameter.Value = i;
            Assert.Equal(i, await command.ExecuteScalarAsync(Token));
        }

        command.CommandText = "SELECT @p + 0";
        await command.PrepareAsync(Token);
        Assert.Equal(3, await command.ExecuteScalarAsync(Token));
        Assert.Equal(["SELECT @p", "SELECT @p", "SELECT @p", "SELECT @p + 0"], Engine.Requests.Select(request => request.Text));
        Assert.All(Engine.Requests, request => Assert.Equal("@p", Assert.Single(request.Parameters).Name));
    }

    [Fact]
    public async Task Batch_OfCommands_RunsEachAndKeepsTheCounts()
    {
        Engine.Reply((request, sink) => sink.StatementDone(request.Parameters.Count));
        await using var connection = await OpenAsync();
        await using var batch = new SqlBatch(connection);
        for (var i = 0; i < 3; i++)
        {
            var command = new SqlBatchCommand($"UPDATE {i}");
            for (var p = 0; p < i; p++) command.Parameters.Add(new Microsoft.Data.SqlClient.SqlParameter($"@p{p}", p));
            batch.BatchCommands.Add(command);
        }

        var affected = await batch.ExecuteNonQueryAsync(Token);

        Assert.Equal(3, affected);
        Assert.Equal(["UPDATE 0", "UPDATE 1", "UPDATE 2"], Engine.Requests.Select(request => request.Text));
    }

    [Fact]
    public async Task GetColumnSchema_OfAResult_TellsWhatTheEngineSaid()
    {
        Engine.Reply((_, sink) =>
        {
            sink.Columns([
                new SqlColumn("id", new SqlType(SqlKind.BigInt), IsNullable: false, IsIdentity: true),
                new SqlColumn("price", new SqlType(SqlKind.Decimal, 0, 12, 4)), new SqlColumn("name", new SqlType(SqlKind.NVarChar, 100)),
                new SqlColumn("node", new SqlType(SqlKind.HierarchyId, 892)), new SqlColumn("at", new SqlType(SqlKind.DateTime2, Scale: 3), false)]);
            sink.StatementDone(0);
        });
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT", connection);

        await using var reader = await command.ExecuteReaderAsync(Token);

        var columns = await reader.GetColumnSchemaAsync(Token);
        Assert.Equal(["id", "price", "name", "node", "at"], columns.Select(column => column.ColumnName));
        Assert.Equal([false, true, true, true, false], columns.Select(column => column.AllowDBNull));
        Assert.Equal([true, false, false, false, false], columns.Select(column => column.IsIdentity));
        Assert.Equal(["bigint", "decimal", "nvarchar", "sys.hierarchyid", "datetime2"], columns.Select(column => column.DataTypeName?.Replace("master.", "", StringComparison.Ordinal)));
        Assert.Equal((12, 4, 50), (columns[1].NumericPrecision, columns[1].NumericScale, columns[2].ColumnSize));
        Assert.Equal(3, columns[4].NumericScale);
    }

    [Fact]
    public async Task Execute_TableValuedParameter_IsRefusedByName()
    {
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT", connection);
        using var rows = new DataTable();
        rows.Columns.Add("n", typeof(int));
        rows.Rows.Add(1);
        var parameter = command.Parameters.AddWithValue("@t", rows);
        (parameter.SqlDbType, parameter.TypeName) = (SqlDbType.Structured, "dbo.numbers");

        var error = await Assert.ThrowsAsync<SqlException>(() => command.ExecuteScalarAsync(Token));

        Assert.Contains("table-valued parameters are not supported", error.Message, StringComparison.Ordinal);
        Assert.Contains("pass the rows as JSON", error.Message, StringComparison.Ordinal);
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    [InlineData(8000)]
    [InlineData(32767)]
    public async Task Execute_TextOfManyPackets_ArrivesAndReturnsWhole(int packetBytes)
    {
        var text = "SELECT '" + string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i:X5}")) + "'";
        Engine.Reply((request, sink) =>
        {
            sink.Columns([new SqlColumn("text", new SqlType(SqlKind.NVarChar, -1))]);
            for (var i = 0; i < 5; i++) sink.Row([request.Text]);
            sink.StatementDone(5);
        });
        await using var connection = await OpenAsync($"Packet Size={packetBytes};Pooling=false");
        await using var command = new SqlCommand(text, connection);

        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, Token);

        var rows = 0;
        for (; await reader.ReadAsync(Token); rows++) Assert.Equal(text, await reader.GetTextReader(0).ReadToEndAsync(Token));
        Assert.Equal(5, rows);
    }

    [Fact]
    public async Task Execute_RowsOfEveryLength_StayWholeAcrossPackets()
    {
        Engine.Answer = async (_, _, sink, attention) =>
        {
            var columns = new[] { new SqlColumn("b", new SqlType(SqlKind.VarBinary, 8000)) };
            var encoder = new DStream.StandIns.SqlServer.Wire.RowEncoder(columns);
            sink.Columns(columns);
            for (var i = 0; i < 2000; i++)
            {
                sink.EncodedRow(encoder.Encode([Enumerable.Repeat((byte)i, i).ToArray()]));
                if (i % 50 == 0) await sink.FlushAsync(attention);
            }
            sink.StatementDone(2000);
        };
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT", connection);

        await using var reader = await command.ExecuteReaderAsync(Token);

        for (var i = 0; i < 2000; i++)
        {
            Assert.True(await reader.ReadAsync(Token));
            var row = reader.GetFieldValue<byte[]>(0);
            Assert.True(row.Length == i && !row.AsSpan().ContainsAnyExcept((byte)i), $"Row {i} came as {row.Length} bytes.");
        }
        Assert.False(await reader.ReadAsync(Token));
    }
}
