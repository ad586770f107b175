using System.Buffers.Binary;
using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Handshake;

/// <summary>What PRELOGIN (MS-TDS 2.2.6.5) says about encryption.</summary>
internal enum Encryption : byte { Off = 0, On = 1, NotSupported = 2, Required = 3 }

/// <summary>PRELOGIN, both ways.</summary>
internal sealed record PreLogin(Encryption Encryption, bool Mars)
{
    private const byte VersionOption = 0, EncryptionOption = 1, InstanceOption = 2, ThreadOption = 3, MarsOption = 4, Terminator = 0xFF;

    public static PreLogin Parse(ReadOnlySpan<byte> body)
    {
        var encryption = Encryption.NotSupported;
        var mars = false;
        for (var at = 0; at < body.Length && body[at] != Terminator; at += 5)
        {
            if (at + 5 > body.Length) throw new ProtocolException("PRELOGIN ends in its list of options.");
            var offset = BinaryPrimitives.ReadUInt16BigEndian(body[(at + 1)..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(body[(at + 3)..]);
            if (offset + length > body.Length) throw new ProtocolException("A PRELOGIN option lies outside of the message.");
            if (length == 0) continue;
            if (body[at] == EncryptionOption) encryption = (Encryption)(body[offset] & 0x0F);
            if (body[at] == MarsOption) mars = body[offset] != 0;
        }
        return new PreLogin(encryption, mars);
    }

    public static void WriteAnswer(ByteBuffer output, Encryption encryption, Version version)
    {
        ReadOnlySpan<byte> versionBytes =
            [(byte)version.Major, (byte)version.Minor, (byte)(version.Build >> 8), (byte)version.Build, 0, 0];
        ReadOnlySpan<(byte Option, int Length)> options =
            [(VersionOption, 6), (EncryptionOption, 1), (InstanceOption, 1), (ThreadOption, 0), (MarsOption, 1)];
        var offset = options.Length * 5 + 1;
        foreach (var (option, length) in options)
        {
            output.Byte(option);
            BinaryPrimitives.WriteUInt16BigEndian(output.Take(2), (ushort)offset);
            BinaryPrimitives.WriteUInt16BigEndian(output.Take(2), (ushort)length);
            offset += length;
        }
        output.Byte(Terminator);
        output.Bytes(versionBytes);
        output.Byte((byte)encryption);
        output.Byte(0);
        output.Byte(0);
    }
}
