using System.Data;

namespace DStream.StandIns.SqlServer.Tests.BulkLoad;

/// <summary>Rows of objects as an IDataReader that is no DbDataReader: SqlBulkCopy has a way of its own for those.</summary>
internal sealed class ObjectReader(IReadOnlyList<string> names, IEnumerable<object?[]> rows) : IDataReader
{
    private readonly IEnumerator<object?[]> _rows = rows.GetEnumerator();

    public int FieldCount => names.Count;
    public int Depth => 0;
    public bool IsClosed => false;
    public int RecordsAffected => -1;
    public object this[int i] => GetValue(i);
    public object this[string name] => GetValue(GetOrdinal(name));

    public bool Read() => _rows.MoveNext();
    public bool NextResult() => false;
    public object GetValue(int i) => _rows.Current[i] ?? DBNull.Value;
    public bool IsDBNull(int i) => _rows.Current[i] is null;
    public string GetName(int i) => names[i];
    public int GetOrdinal(string name) => names.ToList().FindIndex(known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
    public Type GetFieldType(int i) => typeof(object);

    public int GetValues(object[] values)
    {
        for (var i = 0; i < FieldCount; i++) values[i] = GetValue(i);
        return FieldCount;
    }

    public void Close()
    {
    }

    public void Dispose() => _rows.Dispose();

    public DataTable GetSchemaTable() => throw new NotSupportedException();
    public bool GetBoolean(int i) => (bool)GetValue(i);
    public byte GetByte(int i) => (byte)GetValue(i);
    public long GetBytes(int i, long fieldOffset, byte[]? buffer, int bufferoffset, int length) => throw new NotSupportedException();
    public char GetChar(int i) => (char)GetValue(i);
    public long GetChars(int i, long fieldoffset, char[]? buffer, int bufferoffset, int length) => throw new NotSupportedException();
    public IDataReader GetData(int i) => throw new NotSupportedException();
    public string GetDataTypeName(int i) => throw new NotSupportedException();
    public DateTime GetDateTime(int i) => (DateTime)GetValue(i);
    public decimal GetDecimal(int i) => (decimal)GetValue(i);
    public double GetDouble(int i) => (double)GetValue(i);
    public float GetFloat(int i) => (float)GetValue(i);
    public Guid GetGuid(int i) => (Guid)GetValue(i);
    public short GetInt16(int i) => (short)GetValue(i);
    public int GetInt32(int i) => (int)GetValue(i);
    public long GetInt64(int i) => (long)GetValue(i);
    public string GetString(int i) => (string)GetValue(i);
}
