using System.Text;
using System.Text.Json;
using CsCheck;

namespace DStream.Core.Tests;

public sealed class EnvelopeTests
{
    private static readonly SourceTable Persons = new("server", "TestDB", new TableName("dbo", "Persons"));
    private static readonly Lsn Start = Lsn.Parse("0000003600000b200003");
    private static readonly Lsn Seq = Lsn.Parse("0000003600000b200002");
    private static readonly DateTime Committed = new(2024, 3, 5, 14, 7, 9, 123);

    private static readonly string[] OddNames = ["Ä", "a\"b", "a\\b", "日本語", "😀", "a\u0001b", "<&'+>"];

    private static readonly Gen<string> Name = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 1, 20], Gen.String[1, 30], Gen.Int[0, OddNames.Length - 1].Select(static index => OddNames[index]));

    // The example of the message format, with the columns that DStream adds after it.
    [Fact]
    public void Write_ExampleOfTheMessageFormat_IsExactlyThat() => Assert.Equal(
        """{"data":{"ID":180,"FirstName":"Diana","LastName":"Williams"},"metadata":{"Destination":"server.database.table.events","""
        + "\"IngestQueue\":\"ingest-queue\",\"LSN\":\"0000003600000b200003\",\"OperationID\":2,\"OperationType\":\"Insert\","
        + "\"TableName\":\"Persons\",\"Schema\":\"dbo\",\"Database\":\"TestDB\",\"SeqVal\":\"0000003600000b200002\","
        + "\"CommandID\":7,\"CommitTime\":\"2024-03-05T14:07:09.123\"}}",
        BodyOf(Change("""{"ID":180,"FirstName":"Diana","LastName":"Williams"}""")));

    [Theory]
    [InlineData(ChangeOperation.Delete, 1, "Delete")]
    [InlineData(ChangeOperation.Insert, 2, "Insert")]
    [InlineData(ChangeOperation.UpdateBefore, 3, "UpdateBefore")]
    [InlineData(ChangeOperation.UpdateAfter, 4, "Update")]
    public void Write_Operation_IsNumberedAndNamed(ChangeOperation operation, int number, string name)
    {
        var change = Change("{}") with { Position = new ChangePosition(Start, 1, Seq, operation) };

        using var batch = ForPersons().Write([change]);

        var message = batch.Messages.Span[0];
        Assert.Contains($"\"OperationID\":{number},\"OperationType\":\"{name}\",", Encoding.UTF8.GetString(message.Body.Span), StringComparison.Ordinal);
        Assert.Equal(name, message.Headers!.OperationType);
    }

    [Fact]
    public void Write_ReadThroughTheFunction_HasNoCommandId() => Assert.EndsWith(
        "\"CommandID\":null,\"CommitTime\":\"2024-03-05T14:07:09.123\"}}",
        BodyOf(Change("{}") with { Position = new ChangePosition(Start, ChangePosition.NoCommandId, Seq, ChangeOperation.Insert) }), StringComparison.Ordinal);

    [Fact]
    public void Write_CommitTimeUnknown_IsNull() =>
        Assert.EndsWith("\"CommitTime\":null}}", BodyOf(Change("{}") with { CommitTime = null }), StringComparison.Ordinal);

    [Theory]
    [InlineData(DateTimeKind.Unspecified)]
    [InlineData(DateTimeKind.Utc)]
    [InlineData(DateTimeKind.Local)]
    public void Write_CommitTimeOfAnyKind_HasMillisecondsAndNoZone(DateTimeKind kind)
    {
        var time = DateTime.SpecifyKind(new DateTime(2024, 12, 31, 23, 59, 59, 997), kind);

        Assert.EndsWith("\"CommitTime\":\"2024-12-31T23:59:59.997\"}}", BodyOf(Change("{}") with { CommitTime = time }), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_UnavailableColumns_AreListed() => Assert.EndsWith(
        ",\"Unavailable\":[\"Notes\",\"odd \\\"name\\\"\",\"Größe\"]}}",
        BodyOf(Change("{}") with { Unavailable = ["Notes", "odd \"name\"", "Größe"] }), StringComparison.Ordinal);

    [Fact]
    public void Write_EmptyListOfUnavailable_IsLeftOut() =>
        Assert.DoesNotContain("Unavailable", BodyOf(Change("{}") with { Unavailable = [] }), StringComparison.Ordinal);

    [Fact]
    public void Write_OddNames_AreEscapedAndReadBack() =>
        Gen.Select(Name, Name, Name, Name).Sample(static (schema, table, database, column) =>
        {
            var envelope = new Envelope(new SourceTable("server", database, new TableName(schema, table)), "topic", "queue \"1\"");

            var body = BodyOf(Change("{}") with { Unavailable = [column, table] }, envelope);

            var metadata = JsonDocument.Parse(body).RootElement.GetProperty("metadata");
            Assert.Equal(Valid(schema), metadata.GetProperty("Schema").GetString());
            Assert.Equal(Valid(table), metadata.GetProperty("TableName").GetString());
            Assert.Equal(Valid(database), metadata.GetProperty("Database").GetString());
            Assert.Equal("queue \"1\"", metadata.GetProperty("IngestQueue").GetString());
            Assert.Equal([Valid(column), Valid(table)], metadata.GetProperty("Unavailable").EnumerateArray().Select(static name => name.GetString()));
        });

    [Fact]
    public void Write_AnyChange_StaysWithinItsBound() =>
        Gen.Select(Name, Gen.String[0, 300], Name.Array[0, 5], Generators.Row, Gen.Int[0, int.MaxValue]).Sample(static (name, data, unavailable, row, command) =>
        {
            var envelope = new Envelope(new SourceTable("server", name, new TableName(name, name)), "topic." + name, name);
            var change = new ChangeEvent(row with { CommandId = command }, Committed, 1, Encoding.UTF8.GetBytes(data), unavailable);

            using var batch = envelope.Write([change]);

            var message = batch.Messages.Span[0];
            Assert.InRange(message.ContentBytes, 1, envelope.MaxContentBytes(change));
            // Not so loose that batches would go half empty.
            Assert.InRange(envelope.MaxContentBytes(change) - message.ContentBytes, 0, 64);
        });

    [Fact]
    public void Write_ManyChanges_EachMessageStandsAlone()
    {
        var changes = Enumerable.Range(0, 500).Select(n => Change($$"""{"n":{{n}},"text":"{{new string('x', n)}}"}""") with
        {
            Position = new ChangePosition(Start, n, Generators.LsnOf(n), (ChangeOperation)((n % 4) + 1)),
            Unavailable = n % 7 == 0 ? ["a", "b"] : null,
        }).ToArray();
        var envelope = ForPersons();

        using var batch = envelope.Write(changes);

        Assert.Equal(changes.Length, batch.Messages.Length);
        for (var n = 0; n < changes.Length; n++)
        {
            var message = batch.Messages.Span[n];
            Assert.Equal(BodyOf(changes[n], envelope), Encoding.UTF8.GetString(message.Body.Span));
            Assert.Equal(IdOf(changes[n].Position), Encoding.ASCII.GetString(message.MessageId.Span));
            Assert.Equal("0000003600000b200003", Encoding.ASCII.GetString(message.Lsn.Span));
        }
    }

    [Fact]
    public void Write_Headers_NameTableAndDestination()
    {
        using var batch = ForPersons().Write([Change("{}")]);

        var message = batch.Messages.Span[0];
        Assert.Equal(new MessageHeaders("Persons", "server.database.table.events", "Insert", "Persons"), message.Headers);
        Assert.Equal("server.database.table.events", message.SessionId);
        Assert.Null(message.TraceParent);
        Assert.True(message.Encoded.IsEmpty);
    }

    [Fact]
    public void Write_SameOperation_SharesItsHeaders()
    {
        using var batch = ForPersons().Write([Change("{}"), Change("{}")]);

        Assert.Same(batch.Messages.Span[0].Headers, batch.Messages.Span[1].Headers);
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    [InlineData(260, false)]
    public void Write_LongDestination_HasASessionThatFits(int length, bool isDestination)
    {
        var destination = new string('d', length);
        using var batch = new Envelope(Persons, destination, "queue").Write([Change("{}")]);

        var session = batch.Messages.Span[0].SessionId!;
        Assert.Equal(isDestination, session == destination);
        Assert.InRange(session.Length, 1, 128);
    }

    [Fact]
    public void Write_NoChanges_IsAnEmptyBatch()
    {
        using var batch = ForPersons().Write([]);

        Assert.True(batch.Messages.IsEmpty);
    }

    [Fact]
    public void Write_ManyChanges_AllocatesNothingARow()
    {
        var envelope = ForPersons();
        var changes = Enumerable.Repeat(Change("""{"ID":180}""") with { Unavailable = ["Notes"] }, 2000).ToArray();
        envelope.Write(changes).Dispose();

        var few = AllocatedBy(envelope, changes.AsSpan(0, 10));
        var many = AllocatedBy(envelope, changes);

        Assert.InRange(many - few, long.MinValue, 2000);
    }

    [Fact]
    public void ContentBytes_TextBeyondAscii_CountsUtf8()
    {
        var message = new OutboundMessage(new byte[3], "Ä", new MessageHeaders("Ä", "d", "Insert", "日"), new byte[4], "t", new byte[5]);

        Assert.Equal(3 + 2 + (2 + 1 + 6 + 3) + 4 + 1 + 5, message.ContentBytes);
    }

    [Fact]
    public void ContentBytes_EncodedMessage_CountsThatAlone() => Assert.Equal(
        9, new OutboundMessage(new byte[3], "s", null, new byte[4], null, new byte[5]) { Encoded = new byte[9] }.ContentBytes);

    private static long AllocatedBy(Envelope envelope, ReadOnlySpan<ChangeEvent> changes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        envelope.Write(changes).Dispose();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Envelope ForPersons() => new(Persons, "server.database.table.events", "ingest-queue");

    private static ChangeEvent Change(string json) =>
        new(new ChangePosition(Start, 7, Seq, ChangeOperation.Insert), Committed, 0, Encoding.UTF8.GetBytes(json), null);

    private static string BodyOf(ChangeEvent change, Envelope? envelope = null)
    {
        using var batch = (envelope ?? ForPersons()).Write([change]);
        return Encoding.UTF8.GetString(batch.Messages.Span[0].Body.Span);
    }

    private static string IdOf(ChangePosition position)
    {
        var id = new byte[MessageIdentity.Size];
        new MessageIdentity(Persons).Write(id, position);
        return Encoding.ASCII.GetString(id);
    }

    // Half a surrogate pair cannot be written in UTF-8.
    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
