"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { batch, newName, numbers, query, TYPES, value, withConnection } = require("./support.js");

// Loads rows into columns [name, type, options]; the promise brings how many rows the server says it took.
const load = (connection, table, columns, rows, options = {}) => new Promise((resolve, reject) => {
  const bulk = connection.newBulkLoad(table, options, (error, count) => error ? reject(error) : resolve(count));
  for (const column of columns) bulk.addColumn(...column);
  connection.execBulkLoad(bulk, rows);
});

const withTable = (columns, work) => withConnection(async (connection) => {
  const table = newName("#loaded");
  await batch(connection, `CREATE TABLE ${table} (${columns})`);
  await work(connection, table);
});

const idAndName = [["id", TYPES.Int, { nullable: false }], ["name", TYPES.NVarChar, { length: 50, nullable: true }]];

describe("bulk load", { concurrency: 2 }, () => {
  it("takes rows, with NULL among them", () => withTable("id int NOT NULL PRIMARY KEY, name nvarchar(50) NULL", async (connection, table) => {
    assert.equal(await load(connection, table, idAndName, numbers(1000).map((id) => ({ id, name: id % 3 ? `ñ${id}` : null }))), 1000);
    assert.deepEqual((await query(connection, `SELECT COUNT(*), COUNT(name), SUM(id), MAX(name) FROM ${table} WHERE id < 1000`)).rows, [[999, 666, 499500, "ñ998"]]);
  }));

  it("takes every kind of value", () => withTable("a bigint NULL, b decimal(12,3) NULL, c varchar(20) NULL, d varbinary(max) NULL, e datetime2(3) NULL, f uniqueidentifier NULL, g bit NULL, h nvarchar(max) NULL, i float NULL, j date NULL", async (connection, table) => {
    const moment = new Date("2026-11-25T01:02:03.456Z");
    const row = ["9007199254740993", -12.345, "é€", Buffer.alloc(20000, 7), moment, "00112233-4455-6677-8899-AABBCCDDEEFF", true, "日本".repeat(9000), 0.1, new Date("2026-11-25T00:00:00Z")];
    const columns = [["a", TYPES.BigInt, { nullable: true }], ["b", TYPES.Decimal, { precision: 12, scale: 3, nullable: true }], ["c", TYPES.VarChar, { length: 20, nullable: true }],
      ["d", TYPES.VarBinary, { length: Infinity, nullable: true }], ["e", TYPES.DateTime2, { scale: 3, nullable: true }], ["f", TYPES.UniqueIdentifier, { nullable: true }],
      ["g", TYPES.Bit, { nullable: true }], ["h", TYPES.NVarChar, { length: Infinity, nullable: true }], ["i", TYPES.Float, { nullable: true }], ["j", TYPES.Date, { nullable: true }]];
    assert.equal(await load(connection, table, columns, [row, Array(10).fill(null)]), 2);
    const plain = (cell) => cell instanceof Date ? cell.getTime() : cell;
    assert.deepEqual((await query(connection, `SELECT * FROM ${table} ORDER BY a DESC`)).rows.map((cells) => cells.map(plain)), [row.map(plain), Array(10).fill(null)]);
  }));

  it("takes nothing", () => withTable("id int NOT NULL, name nvarchar(50) NULL", async (connection, table) => {
    assert.equal(await load(connection, table, idAndName, []), 0);
    assert.equal(await value(connection, `SELECT COUNT(*) FROM ${table}`), 0);
  }));

  it("is all or nothing, and tells why", () => withTable("id int NOT NULL PRIMARY KEY, name nvarchar(50) NULL", async (connection, table) => {
    await assert.rejects(load(connection, table, idAndName, [{ id: 1, name: "a" }, { id: 1, name: "b" }]), { number: 2627 });
    assert.equal(await value(connection, `SELECT COUNT(*) FROM ${table}`), 0);
  }));

  it("belongs to a transaction", () => withTable("id int NOT NULL, name nvarchar(50) NULL", async (connection, table) => {
    await batch(connection, "BEGIN TRANSACTION");
    await load(connection, table, idAndName, [{ id: 1, name: "a" }]);
    await batch(connection, "ROLLBACK");
    assert.equal(await value(connection, `SELECT COUNT(*) FROM ${table}`), 0);
  }));

  it("takes many packets of rows", () => withTable("id int NOT NULL PRIMARY KEY, name nvarchar(50) NULL", async (connection, table) => {
    assert.equal(await load(connection, table, idAndName, numbers(20000).map((id) => ({ id, name: "x".repeat(40) }))), 20000);
    assert.deepEqual((await query(connection, `SELECT COUNT(*), MAX(id) FROM ${table}`)).rows, [[20000, 20000]]);
  }));
});
