namespace DStream.Configuration.Schema;

internal enum KeyType
{
    String,
    Boolean,
    Integer,
    Duration,
    StringList,
}
