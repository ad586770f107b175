"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { ISOLATION_LEVEL } = require("tedious");
const { batch, done, newName, query, server, TYPES, value, withConnection } = require("./support.js");

const begin = (connection, name, isolation) => done((callback) => connection.beginTransaction(callback, name, isolation));
const commit = (connection, name) => done((callback) => connection.commitTransaction(callback, name));
const rollback = (connection, name) => done((callback) => connection.rollbackTransaction(callback, name));
const save = (connection, name) => done((callback) => connection.saveTransaction(callback, name));
const idsOf = async (connection, table) => (await query(connection, `SELECT id FROM ${table} ORDER BY id`)).rows.flat();

// A table that other connections see, too, for the time of the work.
const withTable = (work) => withConnection(async (connection) => {
  const table = newName("dbo.transacted");
  await batch(connection, `CREATE TABLE ${table} (id int PRIMARY KEY, n int NULL)`);
  try {
    await work(connection, table);
  } finally {
    await batch(connection, `IF @@TRANCOUNT > 0 ROLLBACK; DROP TABLE ${table}`);
  }
});

describe("transactions", { concurrency: 4 }, () => {
  it("commits", () => withTable(async (connection, table) => {
    await begin(connection);
    await batch(connection, `INSERT INTO ${table} (id) VALUES (1)`);
    assert.equal(connection.inTransaction, true);
    await commit(connection);
    assert.equal(connection.inTransaction, false);
    assert.deepEqual(await withConnection((other) => idsOf(other, table)), [1]);
  }));

  it("rolls back", () => withTable(async (connection, table) => {
    await begin(connection);
    await batch(connection, `INSERT INTO ${table} (id) VALUES (1)`);
    await rollback(connection);
    assert.equal(connection.inTransaction, false);
    assert.deepEqual(await idsOf(connection, table), []);
  }));

  it("rolls back to a savepoint and goes on", () => withTable(async (connection, table) => {
    await begin(connection);
    await batch(connection, `INSERT INTO ${table} (id) VALUES (1)`);
    await save(connection, "here");
    await batch(connection, `INSERT INTO ${table} (id) VALUES (2)`);
    await rollback(connection, "here");
    assert.equal(await value(connection, "SELECT @@TRANCOUNT"), 1);
    await batch(connection, `INSERT INTO ${table} (id) VALUES (3)`);
    await commit(connection);
    assert.deepEqual(await idsOf(connection, table), [1, 3]);
  }));

  it("nests by tedious' own way, a savepoint inside a transaction", () => withTable(async (connection, table) => {
    await new Promise((resolve, reject) => connection.transaction((error, outerDone) => {
      if (error) return reject(error);
      batch(connection, `INSERT INTO ${table} (id) VALUES (1)`).then(() => connection.transaction((innerError, innerDone) => {
        if (innerError) return reject(innerError);
        batch(connection, `INSERT INTO ${table} (id) VALUES (2)`)
          .then(() => innerDone(new Error("undo"), () => outerDone(null, (last) => last ? reject(last) : resolve())), reject);
      }), reject);
    }));
    assert.deepEqual(await idsOf(connection, table), [1]);
  }));

  for (const isolation of Object.keys(ISOLATION_LEVEL).filter((name) => name !== "NO_CHANGE"))
    it(`works at ${isolation}`, () => withTable(async (connection, table) => {
      if (isolation === "SNAPSHOT") await batch(connection, `ALTER DATABASE ${server.database} SET ALLOW_SNAPSHOT_ISOLATION ON`);
      await begin(connection, "named", ISOLATION_LEVEL[isolation]);
      await batch(connection, `INSERT INTO ${table} VALUES (1, 10); UPDATE ${table} SET n = n + 1`);
      assert.equal(await value(connection, `SELECT n FROM ${table}`), 11);
      await commit(connection, "named");
      assert.deepEqual(await withConnection((other) => idsOf(other, table)), [1]);
    }));

  it("tells of transactions that begin and end in a text", () => withTable(async (connection, table) => {
    const events = [];
    for (const name of ["beginTransaction", "commitTransaction", "rollbackTransaction"]) connection.on(name, () => events.push(name));
    await batch(connection, "BEGIN TRANSACTION");
    assert.equal(await value(connection, "SELECT @@TRANCOUNT"), 1);
    await batch(connection, `INSERT INTO ${table} (id) VALUES (1)`);
    await batch(connection, "COMMIT");
    await batch(connection, "BEGIN TRANSACTION");
    await batch(connection, "ROLLBACK");
    assert.equal(connection.inTransaction, false);
    assert.deepEqual(await idsOf(connection, table), [1]);
  }));

  it("refuses to commit where there is no transaction", () => withConnection((connection) =>
    assert.rejects(batch(connection, "COMMIT"), { number: 3902, class: 16 })));

  it("ends wholly at an error under XACT_ABORT", () => withTable(async (connection, table) => {
    await batch(connection, "SET XACT_ABORT ON");
    await begin(connection);
    await batch(connection, `INSERT INTO ${table} (id) VALUES (1)`);
    await assert.rejects(batch(connection, `INSERT INTO ${table} (id) VALUES (1)`), { number: 2627 });
    assert.equal(await value(connection, "SELECT @@TRANCOUNT"), 0);
    assert.equal(connection.inTransaction, false);
    assert.deepEqual(await idsOf(connection, table), []);
  }));

  it("makes a second writer wait, and lets it give up", () => withTable(async (connection, table) => {
    await batch(connection, `INSERT INTO ${table} VALUES (1, 1)`);
    await begin(connection);
    await batch(connection, `UPDATE ${table} SET n = 2`);
    await withConnection(async (other) => {
      await assert.rejects(batch(other, `SET LOCK_TIMEOUT 50; UPDATE ${table} SET n = 3`), { number: 1222, class: 16 });
      const update = batch(other, `SET LOCK_TIMEOUT -1; UPDATE ${table} SET n = n + 10`);
      await commit(connection);
      await update;
    });
    assert.equal(await value(connection, `SELECT n FROM ${table}`), 12);
  }));

  it("finds deadlocks and tells one of the two", () => withTable(async (connection, table) => {
    await batch(connection, `INSERT INTO ${table} VALUES (1, 0), (2, 0)`);
    await withConnection(async (other) => {
      await begin(connection);
      await begin(other);
      await query(connection, `UPDATE ${table} SET n = 1 WHERE id = @id`, ["id", TYPES.Int, 1]);
      await query(other, `UPDATE ${table} SET n = 2 WHERE id = @id`, ["id", TYPES.Int, 2]);
      const both = await Promise.allSettled([
        query(connection, `UPDATE ${table} SET n = 1 WHERE id = @id`, ["id", TYPES.Int, 2]),
        query(other, `UPDATE ${table} SET n = 2 WHERE id = @id`, ["id", TYPES.Int, 1]),
      ]);
      const failed = both.filter((one) => one.status === "rejected").map((one) => one.reason);
      assert.deepEqual(failed.map(({ number, class: severity }) => [number, severity]), [[1205, 13]]);
      await commit(both[0].status === "fulfilled" ? connection : other);
    });
    const rows = (await query(connection, `SELECT DISTINCT n FROM ${table}`)).rows;
    assert.equal(rows.length, 1);
  }));

  it("rolls back what a connection leaves open", () => withTable(async (connection, table) => {
    await withConnection(async (other) => {
      await begin(other);
      await batch(other, `INSERT INTO ${table} (id) VALUES (1)`);
    });
    await batch(connection, `INSERT INTO ${table} (id) VALUES (1)`);
    assert.deepEqual(await idsOf(connection, table), [1]);
  }));
});
