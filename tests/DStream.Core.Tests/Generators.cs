using CsCheck;

namespace DStream.Core.Tests;

/// <summary>Random values of Core's types; small parts, so that equal ones come up.</summary>
internal static class Generators
{
    public static readonly Gen<Lsn> AnyLsn = Gen.Byte.Array[Lsn.Size].Select(static bytes => Lsn.Read(bytes));

    public static readonly Gen<Lsn> SmallLsn = Gen.Int[0, 3].Select(static number => LsnOf(number));

    public static readonly Gen<ChangeOperation> Operation = Gen.Int[1, 4].Select(static number => (ChangeOperation)number);

    public static readonly Gen<ChangePosition> Row =
        Gen.Select(SmallLsn, Gen.Int[-1, 3], SmallLsn, Operation, static (lsn, command, seq, operation) => new ChangePosition(lsn, command, seq, operation));

    public static readonly Gen<ChangePosition> Position =
        Gen.OneOf(Row, SmallLsn.Select(static lsn => ChangePosition.EndOf(lsn)), SmallLsn.Select(static lsn => ChangePosition.Before(lsn)));

    public static Lsn LsnOf(int number) => Lsn.Parse($"0000003600000b20{number:x4}");
}
