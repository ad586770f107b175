using System.Buffers.Binary;
using System.Runtime.InteropServices;
using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Handshake;

/// <summary>LOGIN7 (MS-TDS 2.2.6.4).</summary>
internal sealed record Login7(
    uint TdsVersion, int PacketBytes, string Host, string User, string Password, string Application, string Database,
    bool IntegratedSecurity, bool ChangesPassword, bool AttachesFile, LoginFeatures Features)
{
    private const int FixedBytes = 94, ShortFixedBytes = 86;
    private const byte IntegratedSecurityBit = 0x80, ExtensionBit = 0x10;

    public static Login7 Parse(ReadOnlySpan<byte> body)
    {
        if (body.Length < ShortFixedBytes || body.Length < FixedBytes && !IsShort(body)) throw new ProtocolException($"LOGIN7 of {body.Length} bytes.");
        return new Login7(
            BinaryPrimitives.ReadUInt32LittleEndian(body[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(body[8..]),
            Text(body, 36),
            Text(body, 40),
            Password7(body),
            Text(body, 48),
            Text(body, 68),
            (body[25] & IntegratedSecurityBit) != 0,
            !IsShort(body) && !Field(body, 86).IsEmpty,
            !Field(body, 82).IsEmpty,
            HasFeatures(body) ? Features7(body) : LoginFeatures.None);
    }

    private static string Text(ReadOnlySpan<byte> body, int at) => new(MemoryMarshal.Cast<byte, char>(Field(body, at)));

    private static string Password7(ReadOnlySpan<byte> body)
    {
        var scrambled = Field(body, 44);
        var clear = new byte[scrambled.Length];
        for (var i = 0; i < clear.Length; i++)
        {
            var value = scrambled[i] ^ 0xA5;
            clear[i] = (byte)(value << 4 | value >> 4);
        }
        return new string(MemoryMarshal.Cast<byte, char>(clear));
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> body, int at)
    {
        var offset = BinaryPrimitives.ReadUInt16LittleEndian(body[at..]);
        var bytes = BinaryPrimitives.ReadUInt16LittleEndian(body[(at + 2)..]) * 2;
        if (bytes == 0) return [];
        return offset + bytes <= body.Length ? body.Slice(offset, bytes) : throw new ProtocolException("A LOGIN7 field lies outside of the message.");
    }

    // Before 7.2 there is no field for a new password.
    private static bool IsShort(ReadOnlySpan<byte> body) => TdsVersions.HasShortTokens(BinaryPrimitives.ReadUInt32LittleEndian(body[4..]));

    // The bit came with TDS 7.4; tedious sets it in older logins too, which have no list.
    private static bool HasFeatures(ReadOnlySpan<byte> body) =>
        (body[27] & ExtensionBit) != 0 && TdsVersions.IsAtLeast74(BinaryPrimitives.ReadUInt32LittleEndian(body[4..]));

    private static LoginFeatures Features7(ReadOnlySpan<byte> body)
    {
        var pointer = BinaryPrimitives.ReadUInt16LittleEndian(body[56..]);
        if (pointer + 4 > body.Length) throw new ProtocolException("LOGIN7's extension lies outside of the message.");
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(body[pointer..]);
        if (offset >= body.Length) throw new ProtocolException("LOGIN7's feature list lies outside of the message.");
        return LoginFeatures.Parse(body[(int)offset..]);
    }
}
