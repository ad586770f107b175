"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { batch, ended, newName, open, query, start, TYPES, value, withConnection } = require("./support.js");

// The stand-in has faults armed for requests that name them in a comment.
const lost = (error) => {
  assert.equal(error.code, "ECONNRESET", `${error.code}: ${error.message}`);
  return true;
};

describe("cancelling", { concurrency: 4 }, () => {
  it("stops a statement that waits", () => withConnection(async (connection) => {
    const waiting = batch(connection, "WAITFOR DELAY '00:01:00'");
    setTimeout(() => connection.cancel(), 100);
    await assert.rejects(waiting, { code: "ECANCEL" });
    assert.equal(await value(connection, "SELECT 1"), 1);
  }));

  it("stops between rows", () => withConnection(async (connection) => {
    let rows = 0;
    const reading = start(connection, "SELECT value FROM GENERATE_SERIES(1, 5000000)", (request) => request.on("row", () => {
      if (++rows === 1000) connection.cancel();
    }), (request) => connection.execSqlBatch(request));
    await assert.rejects(reading, { code: "ECANCEL" });
    assert.ok(rows < 5000000);
    assert.equal(await value(connection, "SELECT 2"), 2);
  }));

  it("comes too late without harm", () => withConnection(async (connection) => {
    for (let i = 0; i < 30; i++) {
      const asked = batch(connection, `SELECT ${i}`);
      setImmediate(() => connection.cancel());
      await asked.then(({ rows }) => assert.deepEqual(rows, [[i]]), (error) => assert.equal(error.code, "ECANCEL"));
    }
    assert.equal(await value(connection, "SELECT 3"), 3);
  }));

  it("leaves a transaction open", () => withConnection(async (connection) => {
    await batch(connection, "BEGIN TRANSACTION");
    const waiting = batch(connection, "WAITFOR DELAY '00:01:00'");
    setTimeout(() => connection.cancel(), 50);
    await assert.rejects(waiting, { code: "ECANCEL" });
    assert.equal(await value(connection, "SELECT @@TRANCOUNT"), 1);
  }));

  it("happens by itself after requestTimeout", () => withConnection(async (connection) => {
    await assert.rejects(batch(connection, "WAITFOR DELAY '00:01:00'"), { code: "ETIMEOUT" });
    assert.equal(await value(connection, "SELECT 4"), 4);
  }, { requestTimeout: 200 }));

  it("frees a writer that waits for a lock", () => withConnection(async (connection) => {
    const table = newName("dbo.locked");
    await batch(connection, `CREATE TABLE ${table} (id int PRIMARY KEY); BEGIN TRANSACTION; INSERT INTO ${table} VALUES (1)`);
    await withConnection(async (other) => {
      const waiting = query(other, `INSERT INTO ${table} VALUES (@id)`, ["id", TYPES.Int, 1]);
      setTimeout(() => other.cancel(), 50);
      await assert.rejects(waiting, { code: "ECANCEL" });
      assert.equal(await value(other, "SELECT 5"), 5);
    });
    await batch(connection, `ROLLBACK; DROP TABLE ${table}`);
  }));

  it("is acknowledged by a server that hangs", () => withConnection(async (connection) => {
    await assert.rejects(batch(connection, "SELECT 1 /* fault: hang */"), { code: "ETIMEOUT" });
    assert.equal(await value(connection, "SELECT 6"), 6);
  }, { requestTimeout: 200 }));

  it("ends the connection where the server is silent", () => withConnection(async (connection) => {
    await assert.rejects(batch(connection, "SELECT 1 /* fault: silence */"));
    await ended(connection);
  }, { requestTimeout: 200, cancelTimeout: 200 }));
});

describe("connections that break", { concurrency: 4 }, () => {
  for (const how of ["reset", "close"])
    it(`before the answer (${how})`, () => withConnection(async (connection) => {
      await assert.rejects(batch(connection, `SELECT 1 /* fault: ${how} */`), lost);
      await ended(connection);
      await assert.rejects(batch(connection, "SELECT 1"), { code: "EINVALIDSTATE" });
    }));

  it("between rows", () => withConnection(async (connection) => {
    const failed = await batch(connection, "SELECT value FROM GENERATE_SERIES(1, 1000) /* fault: in the rows */").catch((error) => error);
    lost(failed);
    assert.ok((failed.result.sets[0]?.length ?? 0) <= 50);
  }));

  it("inside a packet", () => withConnection((connection) =>
    assert.rejects(batch(connection, "SELECT REPLICATE(N'x', 3000) FROM GENERATE_SERIES(1, 1000) /* fault: in a packet */"), lost)));

  it("after the work was done: the reply is lost, the row is there", () => withConnection(async (watcher) => {
    const table = newName("dbo.unanswered");
    await batch(watcher, `CREATE TABLE ${table} (id int PRIMARY KEY)`);
    await withConnection((connection) => assert.rejects(batch(connection, `INSERT INTO ${table} VALUES (7) /* fault: lost reply */`), lost));
    assert.deepEqual((await query(watcher, `SELECT id FROM ${table}`)).rows, [[7]]);
    await batch(watcher, `DROP TABLE ${table}`);
  }));

  it("take their transaction with them", () => withConnection(async (watcher) => {
    const table = newName("dbo.undone");
    await batch(watcher, `CREATE TABLE ${table} (id int PRIMARY KEY)`);
    const connection = await open();
    await batch(connection, `BEGIN TRANSACTION; INSERT INTO ${table} VALUES (1)`);
    await assert.rejects(batch(connection, "SELECT 1 /* fault: reset */"), lost);
    await batch(watcher, `INSERT INTO ${table} VALUES (1)`);
    assert.deepEqual((await query(watcher, `SELECT id FROM ${table}`)).rows, [[1]]);
    await batch(watcher, `DROP TABLE ${table}`);
  }));

  it("at an error of the highest severity", () => withConnection(async (connection) => {
    await assert.rejects(batch(connection, "SELECT 1 /* fault: fatal */"), { number: 823, class: 24, state: 2 });
    await ended(connection);
  }));
});

describe("injected errors", () => {
  it("come as the server's own", () => withConnection(async (connection) => {
    await assert.rejects(batch(connection, "SELECT 1 /* fault: deadlock */"), { number: 1205, class: 13, state: 51 });
    assert.equal(await value(connection, "SELECT 1"), 1);
  }));

  it("come after rows", () => withConnection(async (connection) => {
    const failed = await batch(connection, "SELECT value FROM GENERATE_SERIES(1, 1000) /* fault: after the rows */").catch((error) => error);
    assert.deepEqual([failed.number, failed.class], [8645, 17]);
    assert.equal(failed.result.sets[0].length, 50);
    assert.equal(await value(connection, "SELECT 1"), 1);
  }));
});
