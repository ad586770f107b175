using System.Buffers.Binary;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>A log sequence number: virtual log file, block in it, slot in the block. Ten bytes, big-endian, compared unsigned.</summary>
public readonly record struct Lsn(uint File, uint Block, ushort Slot) : IComparable<Lsn>
{
    public static readonly Lsn Zero;

    public bool IsZero => this == Zero;

    public static Lsn From(ReadOnlySpan<byte> bytes)
    {
        Span<byte> ten = stackalloc byte[10];
        ten.Clear();
        bytes[..Math.Min(10, bytes.Length)].CopyTo(ten);
        return new Lsn(BinaryPrimitives.ReadUInt32BigEndian(ten), BinaryPrimitives.ReadUInt32BigEndian(ten[4..]), BinaryPrimitives.ReadUInt16BigEndian(ten[8..]));
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[10];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, File);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Block);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(8), Slot);
        return bytes;
    }

    /// <summary>sys.fn_cdc_increment_lsn: the ten bytes plus one.</summary>
    public Lsn Next() => Slot < ushort.MaxValue
        ? this with { Slot = (ushort)(Slot + 1) }
        : Block < uint.MaxValue ? new Lsn(File, Block + 1, 0) : new Lsn(File + 1, 0, 0);

    /// <summary>sys.fn_cdc_decrement_lsn: the ten bytes less one; zero stays.</summary>
    public Lsn Previous() => IsZero
        ? Zero
        : Slot > 0 ? this with { Slot = (ushort)(Slot - 1) }
        : Block > 0 ? new Lsn(File, Block - 1, ushort.MaxValue) : new Lsn(File - 1, uint.MaxValue, ushort.MaxValue);

    public int CompareTo(Lsn other)
    {
        var order = File.CompareTo(other.File);
        order = order != 0 ? order : Block.CompareTo(other.Block);
        return order != 0 ? order : Slot.CompareTo(other.Slot);
    }

    public static bool operator <(Lsn left, Lsn right) => left.CompareTo(right) < 0;

    public static bool operator >(Lsn left, Lsn right) => left.CompareTo(right) > 0;

    public static bool operator <=(Lsn left, Lsn right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Lsn left, Lsn right) => left.CompareTo(right) >= 0;

    public override string ToString() => Convert.ToHexString(ToBytes());
}
