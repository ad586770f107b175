using System.Text;
using DStream.Core;

namespace DStream.Contracts.Tests;

/// <summary>Messages as DStream makes them.</summary>
public static class TestMessages
{
    public static OutboundMessage Make(string id, string session, string body, string destination = "server.database.persons.events") => new(
        Encoding.ASCII.GetBytes(id), session, new MessageHeaders("Persons", destination, "Insert", "Persons"),
        Encoding.ASCII.GetBytes("0000003600000b200003"), null, Encoding.UTF8.GetBytes(body));

    /// <summary>Messages with new ids and the bodies <c>{"n":0}</c>, <c>{"n":1}</c> and so on.</summary>
    public static OutboundMessage[] Sequence(string session, int count, int first = 0) =>
        [.. Enumerable.Range(first, count).Select(n => Make(Guid.NewGuid().ToString("N"), session, Body(n)))];

    public static string Body(int number) => $$"""{"n":{{number}}}""";

    public static string BodyOf(ReceivedMessage message) => Encoding.UTF8.GetString(message.Message.Body.Span);
}
