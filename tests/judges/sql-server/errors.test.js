"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { batch, newName, query, TYPES, value, withConnection } = require("./support.js");

const rejects = (promise, number, severity, state, lineNumber) => assert.rejects(promise, (error) => {
  assert.deepEqual({ number: error.number, class: error.class, state: error.state, lineNumber: error.lineNumber },
    { number, class: severity, state, lineNumber }, error.message);
  return true;
});

// Statements that fail, and what the server says: number, class, state, line.
const failing = [
  ["an unknown table", "SELECT 1\nSELECT *\nFROM dbo.nowhere", 208, 16, 1, 2],
  ["an unknown column", "SELECT name FROM sys.tables;\nSELECT nonsense FROM sys.tables", 207, 16, 1, 2],
  ["a syntax error", "SELECT 1;\nSELECT FROM WHERE", 156, 15, 1, 2],
  ["an undeclared variable", "\nSELECT @nobody", 137, 15, 2, 2],
  ["a division by zero", "SELECT 1;\n\nSELECT 1 / 0", 8134, 16, 1, 3],
  ["a conversion that fails", "SELECT CAST('x' AS int)", 245, 16, 1, 1],
  ["an overflow", "SELECT CAST(300 AS tinyint)", 220, 16, 2, 1],
  ["RAISERROR", "PRINT 'x'\nRAISERROR('own text', 16, 42)", 50000, 16, 42, 2],
  ["THROW", "\n\nTHROW 51234, 'thrown', 7", 51234, 16, 7, 3],
];

describe("errors", { concurrency: 4 }, () => {
  for (const [what, text, ...expected] of failing)
    it(`of ${what} come with number, class, state and line`, () => withConnection(async (connection) => {
      await rejects(batch(connection, text), ...expected);
      assert.equal(await value(connection, "SELECT 1"), 1);
    }));

  it("of constraints name what they violate", () => withConnection(async (connection) => {
    const table = newName("constrained");
    await batch(connection, `CREATE TABLE ${table} (id int NOT NULL CONSTRAINT pk_${table} PRIMARY KEY, name varchar(5) NOT NULL)`);
    await batch(connection, `INSERT INTO ${table} VALUES (1, 'a')`);
    await assert.rejects(batch(connection, `INSERT INTO ${table} VALUES (1, 'b')`), { number: 2627, class: 14, message: new RegExp(`PRIMARY KEY constraint 'pk_${table}'.*\\(1\\)`) });
    await assert.rejects(batch(connection, `INSERT INTO ${table} VALUES (2, NULL)`), { number: 515, class: 16, message: /'name'/ });
    await assert.rejects(batch(connection, `INSERT INTO ${table} VALUES (3, 'too long')`), { number: 2628, class: 16 });
    await batch(connection, `DROP TABLE ${table}`);
  }));

  it("after rows leave the rows before them", () => withConnection(async (connection) => {
    const failed = await batch(connection, "SELECT 1 AS a; SELECT 10 / (3 - value) FROM GENERATE_SERIES(1, 5)").catch((error) => error);
    assert.equal(failed.number, 8134);
    assert.deepEqual(failed.result.sets[0], [[1]]);
  }));

  it("let the rest of the batch run where the server does", () => withConnection(async (connection) => {
    const failed = await batch(connection, "INSERT INTO dbo.nowhere VALUES (1)").catch((error) => error);
    assert.equal(failed.number, 208);
    const table = newName("#partial");
    await batch(connection, `CREATE TABLE ${table} (id int PRIMARY KEY); INSERT INTO ${table} VALUES (1)`);
    const second = await batch(connection, `INSERT INTO ${table} VALUES (1); INSERT INTO ${table} VALUES (2)`).catch((error) => error);
    assert.equal(second.number, 2627);
    assert.equal(await value(connection, `SELECT COUNT(*) FROM ${table}`), 2);
  }));

  it("are caught by TRY and tell about themselves", () => withConnection(async (connection) => {
    const { rows } = await batch(connection, "BEGIN TRY\nSELECT 1 / 0\nEND TRY\nBEGIN CATCH\nSELECT ERROR_NUMBER(), ERROR_SEVERITY(), ERROR_STATE(), ERROR_LINE()\nEND CATCH");
    assert.deepEqual(rows, [[8134, 16, 1, 2]]);
  }));

  it("come several for one batch", () => withConnection(async (connection) => {
    const tokens = [];
    connection.on("errorMessage", (token) => tokens.push(token.number));
    await assert.rejects(batch(connection, "RAISERROR('one', 16, 1); RAISERROR('two', 16, 1); SELECT 1"));
    assert.deepEqual(tokens, [50000, 50000]);
  }));

  it("in a parameterized statement leave the connection whole", () => withConnection(async (connection) => {
    await assert.rejects(query(connection, "SELECT 1 / @zero", ["zero", TYPES.Int, 0]), { number: 8134 });
    assert.equal(await value(connection, "SELECT @@TRANCOUNT"), 0);
  }));
});
