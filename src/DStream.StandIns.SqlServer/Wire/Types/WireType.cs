using System.Text;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>How the length of a value that comes in is written.</summary>
internal enum LengthForm { None, OneByte, TwoBytes, FourBytes, TextPointer, Chunked, Variant, Vector }

/// <summary>A type as a client announces it: the declared type, how lengths are written, and in which encoding characters come.</summary>
internal readonly record struct WireType(SqlType Type, LengthForm Form, int FixedBytes = 0, Encoding? Encoding = null);
