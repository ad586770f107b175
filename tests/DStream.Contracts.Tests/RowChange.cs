namespace DStream.Contracts.Tests;

/// <summary>What a test does to a table of an <c>Id int primary key</c> and a <c>Name nvarchar(50)</c>, as one statement.</summary>
public abstract record RowChange
{
    public sealed record Insert(int Id, string Name) : RowChange;

    public sealed record Update(int Id, string Name) : RowChange;

    public sealed record Delete(int Id) : RowChange;

    /// <summary>Two rows exchange their keys in one statement, which the log keeps as deletes and inserts.</summary>
    public sealed record SwapIds(int First, int Second) : RowChange;
}
