namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>The data type bytes of MS-TDS 2.2.5.4.</summary>
internal static class TypeToken
{
    public const byte Int1 = 0x30, Bit = 0x32, Int2 = 0x34, Int4 = 0x38, SmallDateTime = 0x3A, Real = 0x3B, Money = 0x3C, DateTime = 0x3D,
        Float = 0x3E, SmallMoney = 0x7A, Int8 = 0x7F;

    public const byte Guid = 0x24, IntN = 0x26, DateN = 0x28, TimeN = 0x29, DateTime2N = 0x2A, DateTimeOffsetN = 0x2B, BitN = 0x68,
        DecimalN = 0x6A, NumericN = 0x6C, FloatN = 0x6D, MoneyN = 0x6E, DateTimeN = 0x6F;

    /// <summary>With a length of one byte; from clients older than TDS 7.</summary>
    public const byte ShortVarBinary = 0x25, ShortVarChar = 0x27, ShortBinary = 0x2D, ShortChar = 0x2F;

    public const byte VarBinary = 0xA5, VarChar = 0xA7, Binary = 0xAD, Char = 0xAF, NVarChar = 0xE7, NChar = 0xEF;
    public const byte Image = 0x22, Text = 0x23, SqlVariant = 0x62, NText = 0x63;
    public const byte Udt = 0xF0, Xml = 0xF1, TableValued = 0xF3, Json = 0xF4, Vector = 0xF5;

    /// <summary>The length that says that a value comes in chunks (PLP).</summary>
    public const ushort MaxLength = 0xFFFF;
}
