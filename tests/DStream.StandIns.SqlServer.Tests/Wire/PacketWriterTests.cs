using System.Buffers.Binary;
using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Tests.Wire;

public sealed class PacketWriterTests
{
    private const int PacketBytes = 512;
    private const int BodyBytes = PacketBytes - PacketReader.HeaderBytes;

    [Fact]
    public async Task Write_MessagesOfEveryLength_AllPacketsButTheLastAreFull()
    {
        using var stream = new MemoryStream();
        using var writer = new PacketWriter(stream) { PacketBytes = PacketBytes, SessionId = 51 };
        for (var length = 0; length <= 3 * BodyBytes + 1; length++)
        {
            stream.SetLength(0);
            var body = Enumerable.Range(0, length).Select(i => (byte)(i * 31)).ToArray();
            for (var at = 0; at < length; at += 100)
            {
                writer.Write(body.AsSpan(at, Math.Min(100, length - at)));
                if (at % 300 == 0) await writer.FlushFullPacketsAsync();
            }

            await writer.EndMessageAsync();

            Assert.Equal(body, Bodies(stream.ToArray()));
        }
    }

    [Fact]
    public async Task Write_LargerThanTheBuffer_GrowsAndStaysWhole()
    {
        using var stream = new MemoryStream();
        using var writer = new PacketWriter(stream) { PacketBytes = PacketBytes };
        var body = new byte[5_000_000];
        new Random(3).NextBytes(body);
        writer.Write(body);

        await writer.EndMessageAsync();

        Assert.True(Bodies(stream.ToArray()).AsSpan().SequenceEqual(body));
    }

    [Fact]
    public async Task BytesUntilCut_Spent_SendsExactlyThoseAndThrows()
    {
        using var stream = new MemoryStream();
        using var writer = new PacketWriter(stream) { PacketBytes = PacketBytes, BytesUntilCut = 700 };
        writer.Write(new byte[2000]);

        await Assert.ThrowsAsync<ConnectionEndedException>(async () => await writer.EndMessageAsync());

        Assert.Equal(700, stream.Length);
    }

    private static byte[] Bodies(byte[] written)
    {
        var body = new MemoryStream();
        var id = 0;
        for (var at = 0; at < written.Length;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(written.AsSpan(at + 2));
            var isLast = at + length == written.Length;
            Assert.Equal(isLast ? (byte)PacketStatus.EndOfMessage : (byte)PacketStatus.None, written[at + 1]);
            if (!isLast) Assert.Equal(PacketBytes, length);
            Assert.Equal((byte)++id, written[at + 6]);
            body.Write(written, at + PacketReader.HeaderBytes, length - PacketReader.HeaderBytes);
            at += length;
        }
        return body.ToArray();
    }
}
