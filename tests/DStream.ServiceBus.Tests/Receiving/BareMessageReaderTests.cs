using System.Text;
using Amqp;
using Amqp.Framing;
using CsCheck;
using DStream.ServiceBus.Receiving;

namespace DStream.ServiceBus.Tests.Receiving;

public sealed class BareMessageReaderTests
{
    [Fact]
    public void Read_AnyBytes_NeverFailsAndKeepsThem() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        var read = new BareMessageReader(null).Read(bytes);

        return read.Encoded.Span.SequenceEqual(bytes);
    });

    [Fact]
    public void Read_AnyCorruption_NeverFails() => Gen.Select(Sending.Samples.Any, Gen.Int[0, 5000], Gen.Byte).Sample((message, at, value) =>
    {
        var bytes = new byte[ServiceBus.Sending.MessageEncoder.Bound([message])];
        var length = ServiceBus.Sending.MessageEncoder.Write(bytes, [message]);
        bytes[at % length] = value;

        new BareMessageReader("s").Read(bytes.AsMemory(0, length));
    });

    public static TheoryData<object, string> Ids => new()
    {
        { "text", "text" },
        { 0ul, "0" },
        { 200ul, "200" },
        { 5_000_000_000ul, "5000000000" },
        { Guid.Parse("01234567-89ab-cdef-0123-456789abcdef"), "01234567-89ab-cdef-0123-456789abcdef" },
        { new byte[] { 1, 0xff }, "01ff" },
    };

    [Theory]
    [MemberData(nameof(Ids))]
    public void Read_IdOfAnyType_GivesText(object id, string text)
    {
        var properties = new Properties();
        properties.SetMessageId(id);

        var read = Read(new Message("a body") { Properties = properties });

        Assert.Equal(text, Encoding.ASCII.GetString(read.MessageId.Span));
        Assert.Null(read.Headers);
        Assert.Equal("a body", Encoding.UTF8.GetString(read.Body.Span));
    }

    [Fact]
    public void Read_SeveralDataSections_JoinsThem()
    {
        var body = new DataList();
        body.Add(new Data { Binary = [1, 2] });
        body.Add(new Data { Binary = [3] });

        Assert.Equal([1, 2, 3], Read(new Message { BodySection = body }).Body.ToArray());
    }

    [Fact]
    public void Read_MessagesOfOneTable_ShareTheirHeaders()
    {
        var reader = new BareMessageReader(null);

        Assert.Same(reader.Read(Encode(1)).Headers, reader.Read(Encode(2)).Headers);
    }

    private static byte[] Encode(int number)
    {
        var message = Sending.Samples.Message(number);
        var bytes = new byte[ServiceBus.Sending.MessageEncoder.Bound([message])];
        return bytes[..ServiceBus.Sending.MessageEncoder.Write(bytes, [message])];
    }

    private static Core.OutboundMessage Read(Message message)
    {
        var buffer = message.Encode();
        return new BareMessageReader(null).Read(buffer.Buffer.AsMemory(buffer.Offset, buffer.Length));
    }
}
