using DStream.SqlServer.Json;

namespace DStream.SqlServer.Tests.Json;

public sealed class FnvTests
{
    // Vectors of http://www.isthe.com/chongo/src/fnv/test_fnv.c: a hash that changes breaks the order of keys across releases.
    [Theory]
    [InlineData("", 0xcbf29ce484222325)]
    [InlineData("a", 0xaf63dc4c8601ec8c)]
    [InlineData("foobar", 0x85944171f73967e8)]
    public void Add_KnownText_GivesThePublishedHash(string text, ulong expected) =>
        Assert.Equal(expected, Fnv.Add(Fnv.Start, System.Text.Encoding.ASCII.GetBytes(text)));
}
