using System.Data.SqlTypes;
using DStream.StandIns.SqlServer.Types;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Values;

/// <summary>The binary operators: result type by SQL Server's rules, and the operation on two values of that type.</summary>
internal static class Arithmetic
{
    /// <summary>The operator's result type, the types the operands are converted to first, and the operation.</summary>
    public static (SqlType Result, SqlType Left, SqlType Right, Func<object, object, object> Apply) Plan(BinaryExpressionType op, SqlType left, SqlType right)
    {
        if (op is BinaryExpressionType.Add or BinaryExpressionType.Concat)
        {
            if (SqlTypes.IsCharacter(left.Kind) && SqlTypes.IsCharacter(right.Kind) || op == BinaryExpressionType.Concat)
            {
                var joined = Joined(left, right);
                return (joined, SqlTypes.NVarChar(-1), SqlTypes.NVarChar(-1), static (a, b) => (string)a + (string)b);
            }
            if (SqlTypes.IsBinary(left.Kind) && SqlTypes.IsBinary(right.Kind))
            {
                return (SqlTypes.VarBinary(left.MaxLength < 0 || right.MaxLength < 0 ? -1 : left.MaxLength + right.MaxLength), SqlTypes.VarBinary(-1), SqlTypes.VarBinary(-1),
                    static (a, b) => (byte[])[.. (byte[])a, .. (byte[])b]);
            }
        }
        var common = TypePrecedence.Common(left, right);
        if (SqlTypes.IsTemporal(common.Kind))
        {
            return Dates(op, common);
        }
        if (!SqlTypes.IsNumeric(common.Kind))
        {
            common = SqlTypes.IsCharacter(common.Kind) ? SqlTypes.Float : SqlTypes.BigInt;
        }
        return common.Kind switch
        {
            SqlKind.Bit => Integers(op, SqlTypes.Int),
            _ when SqlTypes.IsInteger(common.Kind) => Integers(op, common),
            _ when SqlTypes.IsApproximate(common.Kind) => Reals(op, common),
            _ when SqlTypes.IsMoney(common.Kind) => Monies(op, common),
            _ => Decimals(op, TypePrecedence.AsDecimal(left), TypePrecedence.AsDecimal(right)),
        };
    }

    private static SqlType Joined(SqlType left, SqlType right)
    {
        var (a, b) = (SqlTypes.Characters(left), SqlTypes.Characters(right));
        if (!SqlTypes.IsCharacter(left.Kind) || !SqlTypes.IsCharacter(right.Kind))
        {
            return SqlTypes.NVarChar(4000);
        }
        var national = SqlTypes.IsNational(left.Kind) || SqlTypes.IsNational(right.Kind);
        var max = a == int.MaxValue || b == int.MaxValue;
        return national
            ? SqlTypes.NVarChar(max ? -1 : Math.Min(4000, a + b))
            : SqlTypes.VarChar(max ? -1 : Math.Min(8000, a + b));
    }

    private static (SqlType, SqlType, SqlType, Func<object, object, object>) Integers(BinaryExpressionType op, SqlType type)
    {
        Func<long, long, long> apply = op switch
        {
            BinaryExpressionType.Add => static (a, b) => checked(a + b),
            BinaryExpressionType.Subtract => static (a, b) => checked(a - b),
            BinaryExpressionType.Multiply => static (a, b) => checked(a * b),
            BinaryExpressionType.Divide => static (a, b) => b == 0 ? throw Errors.DivideByZero() : a / b,
            BinaryExpressionType.Modulo => static (a, b) => b == 0 ? throw Errors.DivideByZero() : b == -1 ? 0 : a % b,
            BinaryExpressionType.BitwiseAnd => static (a, b) => a & b,
            BinaryExpressionType.BitwiseOr => static (a, b) => a | b,
            BinaryExpressionType.BitwiseXor => static (a, b) => a ^ b,
            BinaryExpressionType.LeftShift => static (a, b) => a << (int)b,
            BinaryExpressionType.RightShift => static (a, b) => a >> (int)b,
            _ => throw Errors.Unsupported($"operator {op}"),
        };
        return (type, SqlTypes.BigInt, SqlTypes.BigInt, (a, b) =>
        {
            try
            {
                return Conversion.To(apply((long)a, (long)b), SqlTypes.BigInt, type)!;
            }
            catch (OverflowException)
            {
                throw Errors.Overflow(TypeNames.Name(type.Kind));
            }
        });
    }

    private static (SqlType, SqlType, SqlType, Func<object, object, object>) Reals(BinaryExpressionType op, SqlType type)
    {
        Func<double, double, double> apply = op switch
        {
            BinaryExpressionType.Add => static (a, b) => a + b,
            BinaryExpressionType.Subtract => static (a, b) => a - b,
            BinaryExpressionType.Multiply => static (a, b) => a * b,
            BinaryExpressionType.Divide => static (a, b) => b == 0 ? throw Errors.DivideByZero() : a / b,
            _ => throw Errors.Of(8117, 16, $"Operand data type {TypeNames.Name(type.Kind)} is invalid for {op} operator."),
        };
        return (type, SqlTypes.Float, SqlTypes.Float, (a, b) => Conversion.To(apply((double)a, (double)b), SqlTypes.Float, type)!);
    }

    private static (SqlType, SqlType, SqlType, Func<object, object, object>) Monies(BinaryExpressionType op, SqlType type)
    {
        Func<decimal, decimal, decimal> apply = op switch
        {
            BinaryExpressionType.Add => static (a, b) => a + b,
            BinaryExpressionType.Subtract => static (a, b) => a - b,
            BinaryExpressionType.Multiply => static (a, b) => a * b,
            BinaryExpressionType.Divide => static (a, b) => b == 0 ? throw Errors.DivideByZero() : a / b,
            BinaryExpressionType.Modulo => static (a, b) => b == 0 ? throw Errors.DivideByZero() : a % b,
            _ => throw Errors.Of(8117, 16, $"Operand data type {TypeNames.Name(type.Kind)} is invalid for {op} operator."),
        };
        return (type, SqlTypes.Money, SqlTypes.Money, (a, b) => Conversion.To(apply((decimal)a, (decimal)b), SqlTypes.Money, type)!);
    }

    // Precision and scale of results: "Precision, scale, and length (Transact-SQL)".
    private static (SqlType, SqlType, SqlType, Func<object, object, object>) Decimals(BinaryExpressionType op, SqlType l, SqlType r)
    {
        var (precision, scale) = op switch
        {
            BinaryExpressionType.Multiply => (l.Precision + r.Precision + 1, l.Scale + r.Scale),
            BinaryExpressionType.Divide => (l.Precision - l.Scale + r.Scale + Math.Max(6, l.Scale + r.Precision + 1), Math.Max(6, l.Scale + r.Precision + 1)),
            BinaryExpressionType.Modulo => (Math.Min(l.Precision - l.Scale, r.Precision - r.Scale) + Math.Max(l.Scale, r.Scale), Math.Max(l.Scale, r.Scale)),
            _ => (Math.Max(l.Scale, r.Scale) + Math.Max(l.Precision - l.Scale, r.Precision - r.Scale) + 1, Math.Max(l.Scale, r.Scale)),
        };
        if (precision > 38)
        {
            var whole = precision - scale;
            scale = whole < 32 ? Math.Min(scale, 38 - whole) : Math.Min(scale, 6);
            precision = 38;
        }
        var result = SqlTypes.Decimal(precision, scale);
        Func<SqlDecimal, SqlDecimal, SqlDecimal> apply = op switch
        {
            BinaryExpressionType.Add => static (a, b) => a + b,
            BinaryExpressionType.Subtract => static (a, b) => a - b,
            BinaryExpressionType.Multiply => static (a, b) => a * b,
            BinaryExpressionType.Divide => static (a, b) => a / b,
            BinaryExpressionType.Modulo => static (a, b) => a - (SqlDecimal.Truncate(a / b, 0) * b),
            _ => throw Errors.Of(8117, 16, $"Operand data type numeric is invalid for {op} operator."),
        };
        return (result, l, r, (a, b) =>
        {
            try
            {
                return SqlDecimal.ConvertToPrecScale(apply((SqlDecimal)a, (SqlDecimal)b), result.Precision, result.Scale);
            }
            catch (DivideByZeroException)
            {
                throw Errors.DivideByZero();
            }
            catch (Exception overflow) when (overflow is OverflowException or SqlTypeException)
            {
                throw Errors.Overflow("numeric");
            }
        });
    }

    private static (SqlType, SqlType, SqlType, Func<object, object, object>) Dates(BinaryExpressionType op, SqlType common)
    {
        if (common.Kind is not (SqlKind.DateTime or SqlKind.SmallDateTime) || op is not (BinaryExpressionType.Add or BinaryExpressionType.Subtract))
        {
            throw Errors.Of(8117, 16, $"Operand data type {TypeNames.Name(common.Kind)} is invalid for {op.ToString().ToLowerInvariant()} operator.");
        }
        return (common, SqlTypes.DateTime, SqlTypes.DateTime, op == BinaryExpressionType.Add
            ? static (a, b) => (DateTime)a + ((DateTime)b - TemporalConversion.Epoch)
            : static (a, b) => TemporalConversion.Epoch + ((DateTime)a - (DateTime)b));
    }
}
