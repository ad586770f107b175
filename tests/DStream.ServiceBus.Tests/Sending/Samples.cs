using System.Text;
using CsCheck;
using DStream.Core;

namespace DStream.ServiceBus.Tests.Sending;

internal static class Samples
{
    public static MessageHeaders Headers { get; } = new("Persons", "server.testdb.persons.events", "Insert", "Persons");

    /// <summary>Any message that a table's row can make: names in any script, empty parts, bodies past the short length form.</summary>
    public static Gen<OutboundMessage> Any { get; } =
        from id in Gen.Char.AlphaNumeric.Array[0, 128]
        from session in Gen.Char['\u0020', '\uD7FF'].Array[0, 128]
        from hasSession in Gen.Bool
        from subject in Gen.Char['\u0020', '\uD7FF'].Array[0, 300]
        from destination in Gen.Char.AlphaNumeric.Array[0, 260]
        from operation in Gen.OneOf(Gen.Const("Insert"), Gen.Const("Update"), Gen.Const("UpdateBefore"), Gen.Const("Delete"))
        from hasHeaders in Gen.Bool
        from lsn in Gen.Char.AlphaNumeric.Array[0, 20]
        from trace in Gen.OneOf(Gen.Const(() => (string?)null), Gen.Const<string?>("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
        from body in Gen.Byte.Array[0, 2000]
        select new OutboundMessage(
            Encoding.ASCII.GetBytes(id), hasSession ? new string(session) : null,
            hasHeaders ? new MessageHeaders(new string(subject), new string(destination), operation, new string(subject)) : null,
            Encoding.ASCII.GetBytes(lsn), trace, body);

    public static OutboundMessage Message(int number, string? session = "server.testdb.persons.events", int bodyBytes = 0) => new(
        Encoding.ASCII.GetBytes($"id-{number:D8}"), session, Headers, Encoding.ASCII.GetBytes("0000003600000b200003"), null,
        Encoding.UTF8.GetBytes($$$"""{"data":{"ID":{{{number}}}},"metadata":{"Pad":"{{{new string('x', bodyBytes)}}}"}}"""));

    public static OutboundMessage[] Messages(int first, int count, string? session = "server.testdb.persons.events", int bodyBytes = 0) =>
        [.. Enumerable.Range(first, count).Select(number => Message(number, session, bodyBytes))];
}
