using System.Data.SqlTypes;
using System.Globalization;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>Turns scalar expressions of the syntax tree into closures with a static type.</summary>
internal sealed partial class ExpressionCompiler(CompileContext context, Scope scope)
{
    public CompileContext Context { get; } = context;

    public Scope Scope { get; } = scope;

    public Expr Compile(ScalarExpression node)
    {
        if (Scope.Substitute?.Invoke(node) is { } substituted)
        {
            return Collated(node, substituted);
        }
        return Collated(node, CompileNode(node));
    }

    private static Expr Collated(ScalarExpression node, Expr value)
    {
        if (node is not PrimaryExpression { Collation: { } collation } || !SqlTypes.IsCharacter(value.Type.Kind))
        {
            return value;
        }
        var name = collation.Value.Equals("DATABASE_DEFAULT", StringComparison.OrdinalIgnoreCase) ? null : collation.Value;
        return value with { Type = value.Type with { Collation = name }, Column = null, IsCollated = true };
    }

    private Expr CompileNode(ScalarExpression node) =>
        node switch
        {
            ParenthesisExpression inner => Compile(inner.Expression),
            ColumnReferenceExpression column => Column(column),
            Literal literal => LiteralOf(literal),
            VariableReference variable => Variable(variable.Name),
            GlobalVariableExpression global => GlobalVariables.Compile(global.Name),
            UnaryExpression unary => Unary(unary),
            BinaryExpression binary => Binary(binary.BinaryExpressionType, Compile(binary.FirstExpression), Compile(binary.SecondExpression)),
            CastCall cast => Compile(cast.Parameter).ConvertTo(DataTypes.Resolve(cast.DataType, isCast: true)),
            TryCastCall cast => Try(Compile(cast.Parameter).ConvertTo(DataTypes.Resolve(cast.DataType, isCast: true))),
            ConvertCall convert => ConvertWithStyle(convert.Parameter, convert.DataType, convert.Style),
            TryConvertCall convert => Try(ConvertWithStyle(convert.Parameter, convert.DataType, convert.Style)),
            SearchedCaseExpression or SimpleCaseExpression or IIfCall or CoalesceExpression or NullIfExpression => Conditional((PrimaryExpression)node),
            ScalarSubquery subquery => Subquery(subquery),
            FunctionCall call => OwnFunction(call) ?? BuiltInFunctions.Compile(this, call),
            NextValueForExpression next => NextValue(next),
            LeftFunctionCall left => BuiltInFunctions.Compile(this, "LEFT", left.Parameters),
            RightFunctionCall right => BuiltInFunctions.Compile(this, "RIGHT", right.Parameters),
            ParameterlessCall call => BuiltInFunctions.Compile(this, call.ParameterlessCallType.ToString(), []),
            AtTimeZoneCall zone => AtTimeZone(zone),
            ParseCall parse => Parsed(parse.StringValue, parse.DataType, parse.Culture),
            TryParseCall parse => Try(Parsed(parse.StringValue, parse.DataType, parse.Culture)),
            _ => throw Errors.Unsupported($"expression {node.GetType().Name}"),
        };

    public Expr Variable(string name)
    {
        var (ordinal, type) = Context.Variables.Find(name) ?? throw Errors.UndeclaredVariable(name);
        return new Expr(type, frame => frame.Context.Variables[ordinal]);
    }

    public static Expr Binary(BinaryExpressionType op, Expr left, Expr right)
    {
        // NULL takes the other operand's type: @a + NULL is NULL of @a's type.
        (left, right) = (left.IsNullLiteral ? left.ConvertTo(right.Type) : left, right.IsNullLiteral ? right.ConvertTo(left.Type) : right);
        var (result, leftType, rightType, apply) = Arithmetic.Plan(op, left.Type, right.Type);
        var (l, r) = (left.ConvertTo(leftType).Eval, right.ConvertTo(rightType).Eval);
        return new Expr(
            result,
            frame => l(frame) is { } a && r(frame) is { } b ? apply(a, b) : null,
            left.IsNullable || right.IsNullable)
        {
            IsConstant = left.IsConstant && right.IsConstant,
        };
    }

    private Expr Column(ColumnReferenceExpression node)
    {
        if (node.ColumnType != ColumnType.Regular)
        {
            throw Errors.Unsupported($"column {node.ColumnType}");
        }
        var parts = node.MultiPartIdentifier.Identifiers;
        var name = parts[^1].Value;
        var qualifier = parts.Count > 1 ? parts[^2].Value : null;
        var schema = parts.Count > 2 ? parts[^3].Value : null;
        if (Scope.Find(schema, qualifier, name) is not { } found)
        {
            throw qualifier is null ? Errors.InvalidColumn(name) : Errors.Unbound(string.Join('.', parts.Select(part => part.Value)));
        }
        return Reference(found.Depth, found.Source, found.Column);
    }

    public static Expr Reference(int depth, ScopeSource source, int position)
    {
        var column = source.Columns[position];
        if (column.Denied is { } denied)
        {
            throw denied;
        }
        var ordinal = source.Ordinal;
        Scalar eval = depth switch
        {
            0 => frame => frame.Rows[ordinal][position],
            1 => frame => frame.Outer!.Rows[ordinal][position],
            2 => frame => frame.Outer!.Outer!.Rows[ordinal][position],
            _ => frame =>
            {
                for (var i = 0; i < depth; i++)
                {
                    frame = frame.Outer!;
                }
                return frame.Rows[ordinal][position];
            },
        };
        return new Expr(column.Type, eval, column.IsNullable || source.IsNullExtended)
        {
            Column = depth == 0 ? (ordinal, position) : null,
            IsIdentity = column.IsIdentity,
        };
    }

    private static Expr LiteralOf(Literal literal)
    {
        var text = literal.Value;
        switch (literal)
        {
            case NullLiteral:
                return Expr.Constant(SqlTypes.Int, null);
            case IntegerLiteral when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                return Expr.Constant(SqlTypes.Int, number);
            case IntegerLiteral or NumericLiteral:
                var value = SqlDecimal.Parse(text);
                return Expr.Constant(new SqlType(SqlKind.Numeric, 0, value.Precision, value.Scale), value);
            case RealLiteral:
                return Expr.Constant(SqlTypes.Float, double.Parse(text, CultureInfo.InvariantCulture));
            case MoneyLiteral:
                return Expr.Constant(SqlTypes.Money, decimal.Parse(text.Trim('$'), CultureInfo.InvariantCulture));
            case BinaryLiteral:
                var hex = text.Length % 2 == 0 ? text[2..] : "0" + text[2..];
                return Expr.Constant(SqlTypes.VarBinary(hex.Length / 2), Convert.FromHexString(hex));
            case StringLiteral { IsNational: true }:
                return Expr.Constant(SqlTypes.NVarChar(text.Length), text);
            case StringLiteral:
                return Expr.Constant(SqlTypes.VarChar(text.Length), text);
            default:
                throw Errors.Unsupported($"literal {literal.GetType().Name}");
        }
    }

    private Expr Unary(UnaryExpression node)
    {
        var operand = Compile(node.Expression);
        switch (node.UnaryExpressionType)
        {
            case UnaryExpressionType.Positive:
                return operand;
            case UnaryExpressionType.Negative when operand is { IsConstant: true } && operand.Eval(null!) is SqlDecimal number:
                // The one integer literal whose magnitude does not fit: -2147483648 is still an int.
                var negative = -number;
                return operand.Type.Scale == 0 && negative.CompareTo(new SqlDecimal(int.MinValue)) == 0
                    ? Expr.Constant(SqlTypes.Int, int.MinValue)
                    : Expr.Constant(operand.Type, negative);
            case UnaryExpressionType.Negative:
                return Binary(BinaryExpressionType.Subtract, Expr.Constant(SqlTypes.TinyInt, (byte)0), operand) is var difference
                    && SqlTypes.IsDecimal(difference.Type.Kind) ? difference.ConvertTo(operand.Type) : difference;
            default:
                return Binary(BinaryExpressionType.BitwiseXor, operand, Expr.Constant(operand.Type, Conversion.To(-1, SqlTypes.Int, operand.Type)));
        }
    }

    private Expr ConvertWithStyle(ScalarExpression parameter, DataTypeReference type, ScalarExpression? style)
    {
        var target = DataTypes.Resolve(type, isCast: true);
        var operand = Compile(parameter);
        var chosen = style is null ? null : Compile(style).ConvertTo(SqlTypes.Int);
        if (chosen is { IsConstant: false })
        {
            return new Expr(target, frame => Conversion.To(operand.Eval(frame), operand.Type, target, (int)(chosen.Eval(frame) ?? 0)));
        }
        var number = (int)(chosen?.Eval(null!) ?? -1);
        return number == -1 ? operand.ConvertTo(target) : operand.ConvertTo(target, number);
    }

    /// <summary>PARSE: text as a culture writes numbers and dates.</summary>
    private Expr Parsed(ScalarExpression text, DataTypeReference type, ScalarExpression? culture)
    {
        var target = DataTypes.Resolve(type, isCast: true);
        var (value, name) = (Compile(text).ConvertTo(SqlTypes.NVarChar(4000)).Eval, culture is null ? null : Compile(culture).ConvertTo(SqlTypes.NVarChar(30)).Eval);
        return new Expr(target, frame =>
        {
            if (value(frame) is not string given)
            {
                return null;
            }
            var format = CultureInfo.GetCultureInfo((string?)name?.Invoke(frame) ?? "en-US");
            if (SqlTypes.IsNumeric(target.Kind) && decimal.TryParse(given, NumberStyles.Currency, format, out var number))
            {
                return Conversion.To(new SqlDecimal(number), new SqlType(SqlKind.Decimal, 0, 38, 10), target);
            }
            return SqlTypes.IsTemporal(target.Kind) && DateTime.TryParse(given, format, out var time)
                ? Conversion.To(DateTime.SpecifyKind(time, DateTimeKind.Unspecified), SqlTypes.DateTime2(), target)
                : throw Errors.Of(9819, 16, $"Error converting string value '{given}' into data type {TypeNames.Name(target.Kind)} using culture '{format.Name}'.");
        });
    }

    private static Expr Try(Expr inner)
    {
        var eval = inner.Eval;
        return new Expr(inner.Type, frame =>
        {
            try
            {
                return eval(frame);
            }
            catch (Sessions.SqlErrorException)
            {
                return null;
            }
        });
    }

    private Expr Subquery(ScalarSubquery node)
    {
        var query = new QueryCompiler(Context).Compile(node.QueryExpression, Scope);
        if (query.Columns.Count != 1)
        {
            throw Errors.Of(116, 16, "Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.");
        }
        return new Expr(query.Columns[0].Type, frame =>
        {
            using var rows = query.Run(frame.Context, frame).GetEnumerator();
            if (!rows.MoveNext())
            {
                return null;
            }
            var value = rows.Current[0];
            return rows.MoveNext()
                ? throw Errors.Of(512, 16, "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.")
                : value;
        });
    }

    /// <summary>schema.function(...): a function of one's own needs its schema.</summary>
    private Expr? OwnFunction(FunctionCall call)
    {
        if (call.CallTarget is not MultiPartIdentifierCallTarget { MultiPartIdentifier.Identifiers: [.., var schema] })
        {
            return null;
        }
        lock (Context.Engine.Gate)
        {
            if (Context.Database.Modules.GetValueOrDefault((schema.Value, call.FunctionName.Value)) is not Catalog.FunctionDefinition function)
            {
                return null;
            }
            if (!Context.IsOwned)
            {
                Security.Access.Demand(Context.Session, Context.Database, "EXECUTE", function.Schema, function.Name);
            }
            return Statements.ModuleCompiler.Scalar(this, function, call.Parameters);
        }
    }

    private Expr NextValue(NextValueForExpression node)
    {
        Storage.Sequence sequence;
        lock (Context.Engine.Gate)
        {
            sequence = Statements.SequenceDefiner.Find(Context.Database, node.SequenceName);
        }
        return new Expr(sequence.Type, frame =>
        {
            lock (frame.Context.Engine.Gate)
            {
                return sequence.Next();
            }
        }, false);
    }

    private Expr AtTimeZone(AtTimeZoneCall node)
    {
        var value = Compile(node.DateValue);
        var zone = Compile(node.TimeZone);
        if (!zone.IsConstant || !string.Equals((string?)zone.Eval(null!), "UTC", StringComparison.OrdinalIgnoreCase))
        {
            throw Errors.Unsupported("AT TIME ZONE other than 'UTC'");
        }
        var result = new SqlType(SqlKind.DateTimeOffset, 0, 0, value.Type.Kind == SqlKind.DateTime ? (byte)3 : value.Type.Scale);
        return value.Type.Kind == SqlKind.DateTimeOffset
            ? new Expr(result, frame => value.Eval(frame) is DateTimeOffset offset ? offset.ToUniversalTime() : null)
            : value.ConvertTo(result);
    }
}
