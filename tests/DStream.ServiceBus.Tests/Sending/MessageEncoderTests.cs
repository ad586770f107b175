using System.Text;
using Amqp;
using Amqp.Framing;
using CsCheck;
using DStream.Core;
using DStream.ServiceBus.Receiving;
using DStream.ServiceBus.Sending;

namespace DStream.ServiceBus.Tests.Sending;

public sealed class MessageEncoderTests
{
    [Fact]
    public void Write_AnyMessage_IsReadByTheLibraryAsItWas() => Samples.Any.Sample(message =>
    {
        var decoded = Decode(Encode(message));

        Assert.Equal(Text(message.MessageId), decoded.Properties.MessageId ?? "");
        Assert.Equal(message.SessionId, decoded.Properties.GroupId);
        Assert.Equal(message.Headers?.Subject, decoded.Properties.Subject);
        Assert.Equal("application/json", decoded.Properties.ContentType.ToString());
        Assert.Equal(message.Headers?.Destination, decoded.ApplicationProperties?.Map.GetValueOrDefault("Destination"));
        Assert.Equal(message.Headers?.OperationType, decoded.ApplicationProperties?.Map.GetValueOrDefault("OperationType"));
        Assert.Equal(message.Headers?.TableName, decoded.ApplicationProperties?.Map.GetValueOrDefault("TableName"));
        Assert.Equal(message.Lsn.IsEmpty ? null : Text(message.Lsn), decoded.ApplicationProperties?.Map.GetValueOrDefault("LSN"));
        Assert.Equal(message.TraceParent, decoded.ApplicationProperties?.Map.GetValueOrDefault("traceparent"));
        Assert.Equal(message.Body.ToArray(), ((Data)decoded.BodySection).Binary);
    });

    [Fact]
    public void Write_AnyMessage_IsReadBackAsItWas() => Samples.Any.Sample(message =>
    {
        var read = new BareMessageReader(message.SessionId).Read(Encode(message));

        Assert.Equal(message.MessageId.ToArray(), read.MessageId.ToArray());
        // AMQP readers cannot tell an empty group from none, and Service Bus takes no empty session id.
        Assert.Equal(string.IsNullOrEmpty(message.SessionId) ? null : message.SessionId, read.SessionId);
        Assert.Equal(message.Headers, read.Headers);
        Assert.Equal(message.Lsn.ToArray(), read.Lsn.ToArray());
        Assert.Equal(message.TraceParent, read.TraceParent);
        Assert.Equal(message.Body.ToArray(), read.Body.ToArray());
    });

    [Fact]
    public void Write_AnyMessage_StaysWithinContentAndFramingBytes() => Samples.Any.Sample(message =>
        Encode(message).Length + DataWrapperBytes <= message.ContentBytes + MessageEncoder.FramingBytes);

    [Fact]
    public void Write_AnyBatch_StaysWithinContentFramingAndEnvelopeBytes() => Samples.Any.Array[2, 20].Sample(messages =>
        Encode(messages).Length <= messages.Sum(message => message.ContentBytes + MessageEncoder.FramingBytes) + MessageEncoder.EnvelopeBytes);

    [Fact]
    public void Write_AnyBatch_HoldsEachMessageInADataSection() => Samples.Any.Array[2, 20].Sample(messages =>
    {
        var batch = Decode(Encode(messages));

        Assert.Equal(Text(messages[0].MessageId), batch.Properties.MessageId ?? "");
        Assert.Equal(messages[0].SessionId, batch.Properties.GroupId);
        Assert.Null(batch.ApplicationProperties);
        var sections = (DataList)batch.BodySection;
        Assert.Equal(messages.Select(message => Convert.ToHexString(Encode(message))), Enumerable.Range(0, sections.Count).Select(at => Convert.ToHexString(sections[at].Binary)));
    });

    [Fact]
    public void Write_EncodedMessage_PassesItsBytesOn() => Samples.Any.Sample(message =>
    {
        var bytes = Encode(message);
        var received = new BareMessageReader(null).Read(bytes);

        Assert.Equal(bytes, Encode(received));
        Assert.Equal(bytes, ((DataList)Decode(Encode(received, received)).BodySection)[1].Binary);
    });

    [Fact]
    public void Write_MessageIdTooLong_Refuses() =>
        Assert.Throws<ArgumentException>(() => Encode(new OutboundMessage(new byte[129], null, null, default, null, default)));

    [Theory]
    [InlineData(1, 0u)]
    [InlineData(3, 0x80013700u)]
    public void Wrap_Messages_SendsExactlyTheirEncoding(int count, uint format)
    {
        var messages = Samples.Messages(0, count, bodyBytes: 400);

        var wrapped = PreEncodedBody.Wrap(messages, int.MaxValue);
        var buffer = wrapped.Encode();

        Assert.Equal(format, wrapped.Format);
        Assert.Equal(Encode(messages), buffer.Buffer[buffer.Offset..(buffer.Offset + buffer.Length)]);
    }

    [Fact]
    public void Wrap_MoreThanTheLinkTakes_FailsBeforeSending()
    {
        var failure = Assert.Throws<AmqpException>(() => PreEncodedBody.Wrap(Samples.Messages(0, 3), 100).Encode());

        Assert.Equal("amqp:link:message-size-exceeded", failure.Error.Condition.ToString());
    }

    [Fact]
    public void Write_PartitionKey_StaysWithinTheBound() => Samples.Any.Array[1, 5].Sample(static messages =>
    {
        var key = new string('\u20ac', MessageEncoder.MaxIdLength);
        var bytes = new byte[MessageEncoder.Bound(messages, key)];

        var written = MessageEncoder.Write(bytes, messages, key);

        return written <= messages.Sum(static message => message.ContentBytes + MessageEncoder.FramingBytes + MessageEncoder.PartitionKeyBytes)
            + MessageEncoder.EnvelopeBytes;
    });

    [Fact]
    public void Write_PartitionKeyOfOneMessage_StandsInItsAnnotations()
    {
        var bytes = new byte[MessageEncoder.Bound([Samples.Message(1)], "key")];

        using var message = Decode(bytes[..MessageEncoder.Write(bytes, [Samples.Message(1)], "key")]);

        Assert.Equal("key", message.MessageAnnotations[new Amqp.Types.Symbol("x-opt-partition-key")]);
        Assert.Equal("id-00000001", message.Properties.MessageId);
    }

    // In a batch each message stands in a Data section of 8 more bytes.
    private const int DataWrapperBytes = 8;

    private static byte[] Encode(params OutboundMessage[] messages)
    {
        var bytes = new byte[MessageEncoder.Bound(messages)];
        return bytes[..MessageEncoder.Write(bytes, messages)];
    }

    private static Message Decode(byte[] bytes) => Message.Decode(new ByteBuffer(bytes, 0, bytes.Length, bytes.Length));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.ASCII.GetString(bytes.Span);
}
