"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { batch, newName, query, TYPES, value, withConnection } = require("./support.js");

const at = (text) => new Date(text + "Z");
const long = (bytes) => Buffer.from(Array.from({ length: bytes }, (_, i) => i % 251));
const unicode = (characters) => "añ日💧".repeat(characters / 5);

// A type as it is declared, as tedious sends it, and values: [value] or [sent, what comes back].
const cases = [
  ["bit", TYPES.Bit, {}, [[true], [false]]],
  ["tinyint", TYPES.TinyInt, {}, [[0], [255]]],
  ["smallint", TYPES.SmallInt, {}, [[-32768], [32767]]],
  ["int", TYPES.Int, {}, [[-2147483648], [0], [2147483647]]],
  ["bigint", TYPES.BigInt, {}, [["-9223372036854775808"], ["0"], ["9223372036854775807"]]],
  ["real", TYPES.Real, {}, [[-1.5], [0], [3.4028234663852886e38]]],
  ["float", TYPES.Float, {}, [[-Number.MAX_VALUE], [0.1], [5e-324]]],
  ["smallmoney", TYPES.SmallMoney, {}, [[-214748.3648], [214748.3647]]],
  ["money", TYPES.Money, {}, [[-900719925474.0992], [0.0001], [12345678.9]]],
  ["decimal(5,2)", TYPES.Decimal, { precision: 5, scale: 2 }, [[-999.99], [0], [0.01]]],
  ["decimal(15,4)", TYPES.Decimal, { precision: 15, scale: 4 }, [[12345678901.2345], [-1]]],
  ["decimal(28,0)", TYPES.Decimal, { precision: 28, scale: 0 }, [[9007199254740991], [-1]]],
  ["numeric(38,6)", TYPES.Numeric, { precision: 38, scale: 6 }, [[123456.789012], [-0.000001]]],
  ["uniqueidentifier", TYPES.UniqueIdentifier, {}, [["00112233-4455-6677-8899-AABBCCDDEEFF"], ["FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"]]],
  ["char(5)", TYPES.Char, { length: 5 }, [["ab", "ab   "], ["abcde"]]],
  ["varchar(50)", TYPES.VarChar, { length: 50 }, [["é€ß"], [""], ["x".repeat(50)]]],
  ["varchar(8000)", TYPES.VarChar, { length: 8000 }, [["é".repeat(8000)]]],
  ["varchar(max)", TYPES.VarChar, { length: Infinity }, [[""], ["é€".repeat(150000)]]],
  ["text", TYPES.Text, {}, [["plain"], ["é€".repeat(50000)]]],
  ["nchar(4)", TYPES.NChar, { length: 4 }, [["日本", "日本  "], ["💧💧"]]],
  ["nvarchar(100)", TYPES.NVarChar, { length: 100 }, [["💧 Ünïcode"], [""], [unicode(100)]]],
  ["nvarchar(4000)", TYPES.NVarChar, { length: 4000 }, [[unicode(4000)]]],
  ["nvarchar(max)", TYPES.NVarChar, { length: Infinity }, [[""], [unicode(400000)]]],
  ["ntext", TYPES.NText, {}, [[unicode(30000)]]],
  ["binary(4)", TYPES.Binary, { length: 4 }, [[long(4)]]],
  ["varbinary(10)", TYPES.VarBinary, { length: 10 }, [[Buffer.alloc(0)], [long(10)]]],
  ["varbinary(8000)", TYPES.VarBinary, { length: 8000 }, [[long(8000)]]],
  ["varbinary(max)", TYPES.VarBinary, { length: Infinity }, [[Buffer.alloc(0)], [long(300000)]]],
  ["image", TYPES.Image, {}, [[long(70000)]]],
  ["date", TYPES.Date, {}, [[at("0001-01-01T00:00:00")], [at("2024-02-29T00:00:00")], [at("9999-12-31T00:00:00")]]],
  ["time(0)", TYPES.Time, { scale: 0 }, [[at("1970-01-01T23:59:59")]]],
  ["time(7)", TYPES.Time, { scale: 7 }, [[at("1970-01-01T00:00:00")], [at("1970-01-01T23:59:59.999")]]],
  ["smalldatetime", TYPES.SmallDateTime, {}, [[at("1900-01-01T00:00:00")], [at("2079-06-06T23:59:00")]]],
  ["datetime", TYPES.DateTime, {}, [[at("1753-01-01T00:00:00")], [at("2024-05-06T07:08:09.013")], [at("9999-12-31T23:59:59.997")]]],
  ["datetime2(0)", TYPES.DateTime2, { scale: 0 }, [[at("2024-05-06T07:08:09")]]],
  ["datetime2(3)", TYPES.DateTime2, { scale: 3 }, [[at("0001-01-01T00:00:00")], [at("9999-12-31T23:59:59.999")]]],
  ["datetime2(7)", TYPES.DateTime2, { scale: 7 }, [[at("2024-05-06T07:08:09.123")]]],
  ["datetimeoffset(3)", TYPES.DateTimeOffset, { scale: 3 }, [[at("2024-05-06T07:08:09.123")]]],
];

const texts = new Set(["text", "ntext", "image"]);

// As tedious gives it: without what it adds to dates (the nanoseconds behind the milliseconds).
const plain = (cell) => cell instanceof Date ? cell.getTime() : cell;

async function assertThereAndBack(connection, declared, type, options, sent, expected) {
  const table = newName("#values");
  await batch(connection, `CREATE TABLE ${table} (id int PRIMARY KEY, required ${declared} NOT NULL, optional ${declared} NULL)`);
  const echoed = await value(connection, "SELECT @value", ["value", type, sent, options]);
  assert.deepEqual(plain(echoed), plain(expected), "as a parameter that comes back");
  await query(connection, `INSERT INTO ${table} VALUES (1, @value, @value), (2, @value, NULL)`, ["value", type, sent, options]);
  const { rows, columns } = await query(connection, `SELECT required, optional FROM ${table} ORDER BY id`);
  assert.deepEqual(rows.map((row) => row.map(plain)), [[plain(expected), plain(expected)], [plain(expected), null]], "as columns");
  assert.deepEqual(columns[0].map((column) => column.colName), ["required", "optional"]);
  if (texts.has(declared)) return;
  const found = await value(connection, `SELECT COUNT(*) FROM ${table} WHERE required = @value AND optional = @value`, ["value", type, sent, options]);
  assert.equal(found, 1, "found by the value");
}

describe("types, there and back", { concurrency: 4 }, () => {
  for (const [declared, type, options, values] of cases)
    it(declared, () => withConnection(async (connection) => {
      for (const [sent, expected = sent] of values) await assertThereAndBack(connection, declared, type, options, sent, expected);
      assert.equal(await value(connection, "SELECT @value", ["value", type, null, options]), null, "NULL as a parameter");
      assert.equal(await value(connection, `SELECT CAST(NULL AS ${declared})`), null, "NULL as a column");
    }));
});

describe("types that come only", { concurrency: 4 }, () => {
  it("sql_variant, of every base type", () => withConnection(async (connection) => {
    const held = [
      ["CAST(1 AS bit)", true], ["CAST(200 AS tinyint)", 200], ["CAST(-5 AS smallint)", -5], ["7", 7], ["CAST(9 AS bigint)", "9"],
      ["CAST(1.5 AS real)", 1.5], ["CAST(0.1 AS float)", 0.1], ["CAST(1.25 AS money)", 1.25], ["CAST(-1.25 AS smallmoney)", -1.25],
      ["CAST(12.5 AS decimal(10,3))", 12.5], ["'abc'", "abc"], ["N'日本'", "日本"], ["CAST('ab' AS char(4))", "ab  "],
      ["0x0102", Buffer.from([1, 2])], ["CAST('00112233-4455-6677-8899-AABBCCDDEEFF' AS uniqueidentifier)", "00112233-4455-6677-8899-AABBCCDDEEFF"],
      ["CAST('2024-05-06' AS date)", at("2024-05-06T00:00:00")], ["CAST('2024-05-06T07:08:09' AS datetime)", at("2024-05-06T07:08:09")],
      ["CAST('2024-05-06T07:08:09.123' AS datetime2(3))", at("2024-05-06T07:08:09.123")], ["CAST('07:08:09' AS time(0))", at("1970-01-01T07:08:09")],
      ["CAST('2024-05-06T07:08:09+02:00' AS datetimeoffset(0))", at("2024-05-06T05:08:09")], ["NULL", null],
    ];
    for (const [expression, expected] of held)
      assert.deepEqual(plain(await value(connection, `SELECT CAST(${expression} AS sql_variant)`)), plain(expected), expression);
  }));

  it("xml", () => withConnection(async (connection) => {
    assert.equal(await value(connection, "SELECT CAST(N'<a b=\"1\">é</a>' AS xml)"), "<a b=\"1\">é</a>");
    assert.equal(await value(connection, "SELECT CAST(NULL AS xml)"), null);
  }));

  it("rowversion, rising", () => withConnection(async (connection) => {
    const table = newName("#versions");
    await batch(connection, `CREATE TABLE ${table} (id int PRIMARY KEY, version rowversion); INSERT INTO ${table} (id) VALUES (1), (2)`);
    const [[first], [second]] = (await query(connection, `SELECT version FROM ${table} ORDER BY id`)).rows;
    assert.equal(first.length, 8);
    assert.ok(Buffer.compare(first, second) < 0);
  }));

  it("datetimeoffset with its zone, exact", () => withConnection(async (connection) => {
    const [moment, text] = (await query(connection, "DECLARE @d datetimeoffset(7) = '2024-05-06T07:08:09.1234567+05:30'; SELECT @d, CONVERT(varchar(40), @d, 127)")).rows[0];
    assert.equal(moment.toISOString(), "2024-05-06T01:38:09.123Z");
    assert.equal(moment.nanosecondsDelta.toFixed(7), "0.0004567");
    assert.match(text, /2024-05-06T(07:08:09\.1234567\+05:30|01:38:09\.1234567Z)/);
  }));

  it("decimals of every precision, exact by their text", () => withConnection(async (connection) => {
    for (let precision = 1; precision <= 38; precision++) {
      const digits = "9".repeat(precision);
      for (const scale of new Set([0, precision >> 1, precision])) {
        const text = "-" + (digits.slice(0, precision - scale) || "0") + (scale ? "." + digits.slice(0, scale) : "");
        const [number, back] = (await query(connection, `SELECT CAST('${text}' AS decimal(${precision},${scale})), CAST(CAST('${text}' AS decimal(${precision},${scale})) AS varchar(50))`)).rows[0];
        assert.equal(back, text);
        assert.ok(Math.abs(number - Number(text)) <= Math.abs(Number(text)) * 1e-12, `${number} for ${text}`);
      }
    }
  }));

  it("describes its columns", () => withConnection(async (connection) => {
    const table = newName("#described");
    await batch(connection, `CREATE TABLE ${table} (a int IDENTITY NOT NULL, b decimal(12,3) NULL, c nvarchar(20) NOT NULL, d varbinary(max) NULL, e datetime2(4) NULL, f varchar(10) NULL)`);
    const [columns] = (await query(connection, `SELECT * FROM ${table}`)).columns;
    assert.deepEqual(columns.map((column) => [column.colName, column.type.name, (column.flags & 1) !== 0]), [
      ["a", "Int", false], ["b", "DecimalN", true], ["c", "NVarChar", false], ["d", "VarBinary", true], ["e", "DateTime2", true], ["f", "VarChar", true],
    ]);
    assert.equal(columns[0].flags & 16, 16);
    assert.deepEqual([columns[1].precision, columns[1].scale], [12, 3]);
    assert.equal(columns[2].dataLength, 40);
    assert.equal(columns[3].dataLength, 65535);
    assert.equal(columns[4].scale, 4);
    assert.equal(columns[5].collation.codepage, "CP1252");
  }));

  it("rows of many columns with NULL among them", () => withConnection(async (connection) => {
    const columns = Array.from({ length: 300 }, (_, i) => i % 3 ? `CAST(${i} AS int) AS c${i}` : `CAST(NULL AS int) AS c${i}`);
    const [row] = (await query(connection, `SELECT ${columns.join(", ")}`)).rows;
    assert.deepEqual(row, Array.from({ length: 300 }, (_, i) => i % 3 ? i : null));
  }));
});
