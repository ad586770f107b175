"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { batch, call, done, newName, numbers, query, start, TYPES, value, withConnection } = require("./support.js");

// Prepares, executes with each of the values, unprepares; returns what each execution brought.
async function prepared(connection, text, parameters, executions) {
  const { Request } = require("tedious");
  let finish;
  const request = new Request(text, (error, rowCount) => finish(error, rowCount));
  for (const [name, type, options, isOutput] of parameters) request[isOutput ? "addOutputParameter" : "addParameter"](name, type, undefined, options);
  let rows;
  const outputs = [];
  request.on("row", (row) => rows.push(row.map((cell) => cell.value)));
  request.on("returnValue", (name, output) => outputs.push([name, output]));
  const step = (begin) => new Promise((resolve, reject) => {
    rows = [];
    finish = (error, rowCount) => error ? reject(error) : resolve({ rows, rowCount });
    begin();
  });
  await new Promise((resolve, reject) => {
    request.once("prepared", resolve);
    finish = (error) => error && reject(error);
    connection.prepare(request);
  });
  const handle = request.handle;
  const answers = [];
  for (const values of executions) answers.push(await step(() => connection.execute(request, values)));
  await step(() => connection.unprepareRequest ? connection.unprepareRequest(request) : connection.unprepare(request));
  return { answers, handle, outputs, request };
}

describe("requests", { concurrency: 4 }, () => {
  it("answers with several result sets and their counts", () => withConnection(async (connection) => {
    const { sets, dones, columns } = await batch(connection, "SELECT 1 AS a; SELECT 2 AS b, 'x' AS c UNION ALL SELECT 3, 'y'; SELECT 4 AS d WHERE 1 = 0");
    assert.deepEqual(sets, [[[1]], [[2, "x"], [3, "y"]], []]);
    assert.deepEqual(columns.map((set) => set.map((column) => column.colName)), [["a"], ["b", "c"], ["d"]]);
    assert.deepEqual(dones.map(({ name, rowCount, more }) => [name, rowCount, more]), [["done", 1, true], ["done", 2, true], ["done", 0, false]]);
  }));

  it("counts the rows of each statement", () => withConnection(async (connection) => {
    const { dones, rowCount } = await batch(connection, `
      CREATE TABLE #counted (id int PRIMARY KEY, n int);
      INSERT INTO #counted VALUES (1, 1), (2, 2), (3, 3);
      UPDATE #counted SET n = n + 1 WHERE id > 1;
      DELETE FROM #counted WHERE id = 9;
      DELETE FROM #counted`);
    assert.deepEqual(dones.map((token) => token.rowCount).filter((count) => count !== undefined), [3, 2, 0, 3]);
    assert.equal(rowCount, 8);
  }));

  it("keeps counts to itself under NOCOUNT", () => withConnection(async (connection) => {
    const { dones, rowCount } = await batch(connection, "SET NOCOUNT ON; CREATE TABLE #quiet (id int); INSERT INTO #quiet VALUES (1), (2); SET NOCOUNT OFF");
    assert.deepEqual(dones.map((token) => token.rowCount).filter((count) => count !== undefined), []);
    assert.equal(rowCount, 0);
  }));

  it("sends what PRINT and low severities say as information, in order", () => withConnection(async (connection) => {
    connection.infos.length = 0;
    await batch(connection, "PRINT 'first';\nPRINT N'zweiter ß';\nRAISERROR('third %d of %s', 9, 7, 3, 'many');\nRAISERROR('fourth', 0, 1) WITH NOWAIT");
    assert.deepEqual(connection.infos.map(({ message, number, state, class: severity, lineNumber }) => [message, number, state, severity, lineNumber]), [
      ["first", 0, 1, 0, 1], ["zweiter ß", 0, 1, 0, 2], ["third 3 of many", 50000, 7, 9, 3], ["fourth", 50000, 1, 0, 4],
    ]);
  }));

  it("executes with named parameters", () => withConnection(async (connection) => {
    const { rows, rowCount } = await query(connection, "SELECT @a + @b AS sum, @text AS text", ["a", TYPES.Int, 40], ["b", TYPES.Int, 2], ["text", TYPES.NVarChar, "it's"]);
    assert.deepEqual(rows, [[42, "it's"]]);
    assert.equal(rowCount, 1);
  }));

  it("tells that a parameter is missing", () => withConnection(async (connection) => {
    await assert.rejects(query(connection, "SELECT @never"), { number: 137, class: 15 });
  }));

  it("gives output parameters of every kind back", () => withConnection(async (connection) => {
    const moment = new Date("2024-05-06T07:08:09.120Z");
    const { outputs } = await query(connection,
      "SELECT @number = @in * 2, @text = N'größer', @none = NULL, @exact = 12.345, @moment = '2024-05-06T07:08:09.12', @bytes = 0x0102, @flag = 1, @big = REPLICATE(CAST(N'z' AS nvarchar(max)), 9000)",
      ["in", TYPES.Int, 21], ["number", TYPES.Int, null, {}, true], ["text", TYPES.NVarChar, null, { length: 100 }, true], ["none", TYPES.Int, 5, {}, true],
      ["exact", TYPES.Decimal, null, { precision: 9, scale: 3 }, true], ["moment", TYPES.DateTime2, null, { scale: 3 }, true],
      ["bytes", TYPES.VarBinary, null, { length: 10 }, true], ["flag", TYPES.Bit, null, {}, true], ["big", TYPES.NVarChar, null, { length: Infinity }, true]);
    assert.equal(outputs.moment.getTime(), moment.getTime());
    delete outputs.moment;
    assert.deepEqual({ ...outputs, big: outputs.big.length }, { number: 42, text: "größer", none: null, exact: 12.345, bytes: Buffer.from([1, 2]), flag: true, big: 9000 });
  }));

  it("calls procedures by name, with return status and result sets", () => withConnection(async (connection) => {
    const { sets } = await call(connection, "sp_executesql", ["stmt", TYPES.NVarChar, "SELECT @n * 2 AS twice"], ["params", TYPES.NVarChar, "@n int"], ["n", TYPES.Int, 4]);
    assert.deepEqual(sets, [[[8]]]);
  }));

  it("says 2812 for a procedure that is not there", () => withConnection(async (connection) => {
    await assert.rejects(call(connection, "dbo.nowhere"), { number: 2812, class: 16, state: 62 });
  }));

  it("prepares once, executes often, and forgets", () => withConnection(async (connection) => {
    const { answers, handle, request } = await prepared(connection, "SELECT @a * 2 AS twice, @text AS text", [["a", TYPES.Int], ["text", TYPES.NVarChar, { length: 20 }]],
      numbers(5).map((a) => ({ a, text: `n${a}` })));
    assert.ok(handle > 0);
    assert.deepEqual(answers.map(({ rows }) => rows[0]), numbers(5).map((a) => [a * 2, `n${a}`]));
    const again = start(connection, "SELECT 1", () => {}, (fresh) => {
      fresh.preparing = false;
      fresh.handle = request.handle;
      fresh.parameters = request.parameters;
      connection.execute(fresh, { a: 1, text: "" });
    });
    await assert.rejects(again, { number: 8179 });
  }));

  it("prepares a statement without parameters", () => withConnection(async (connection) => {
    const { answers } = await prepared(connection, "SELECT 7 AS seven", [], [{}, {}]);
    assert.deepEqual(answers.map(({ rows }) => rows), [[[7]], [[7]]]);
  }));

  it("inserts through a prepared statement", () => withConnection(async (connection) => {
    await batch(connection, "CREATE TABLE #filled (id int PRIMARY KEY, name nvarchar(50) NULL)");
    const { answers } = await prepared(connection, "INSERT INTO #filled VALUES (@id, @name)", [["id", TYPES.Int], ["name", TYPES.NVarChar, { length: 50 }]],
      numbers(20).map((id) => ({ id, name: id % 2 ? `n${id}` : null })));
    assert.deepEqual(answers.map(({ rowCount }) => rowCount), Array(20).fill(1));
    assert.deepEqual((await query(connection, "SELECT COUNT(*), COUNT(name), SUM(id) FROM #filled")).rows, [[20, 10, 210]]);
  }));

  it("returns generated keys through OUTPUT", () => withConnection(async (connection) => {
    const { rows, rowCount } = await batch(connection, "CREATE TABLE #keyed (id int IDENTITY(10, 5) PRIMARY KEY, n int); INSERT INTO #keyed (n) OUTPUT inserted.id, inserted.n VALUES (1), (2)");
    assert.deepEqual(rows, [[10, 1], [15, 2]]);
    assert.equal(rowCount, 2);
    assert.equal(Number(await value(connection, "SELECT @@IDENTITY")), 15);
  }));

  it("streams many rows, which the client pauses and resumes", () => withConnection(async (connection) => {
    let [seen, sum] = [0, 0];
    await start(connection, "SELECT value, REPLICATE(N'x', 100) AS filler FROM GENERATE_SERIES(1, 30000)", (request) => request.on("row", ([number]) => {
      seen++;
      sum += number.value;
      if (seen % 7000) return;
      request.pause();
      setImmediate(() => request.resume());
    }), (request) => connection.execSqlBatch(request));
    assert.deepEqual([seen, sum], [30000, 30000 * 30001 / 2]);
  }));

  it("takes a text longer than many packets", () => withConnection(async (connection) => {
    const sum = numbers(20000).join(" + ");
    const table = numbers(3000).map((i) => `(${i}, N'${"ü".repeat(20)}')`);
    await batch(connection, "CREATE TABLE #long (id int PRIMARY KEY, t nvarchar(20))");
    for (let i = 0; i < 3000; i += 1000) await batch(connection, `INSERT INTO #long VALUES ${table.slice(i, i + 1000).join(", ")}`);
    assert.equal(await value(connection, "SELECT COUNT(*) FROM #long WHERE LEN(t) = 20"), 3000);
    assert.equal(await value(connection, `/* ${sum} */ SELECT 1`), 1);
  }));

  it("refuses table-valued parameters with a text", () => withConnection(async (connection) => {
    const table = { columns: [{ name: "id", type: TYPES.Int }], rows: [[1]] };
    await assert.rejects(query(connection, "SELECT COUNT(*) FROM @table", ["table", TYPES.TVP, table]), /stand-in: .*table-valued parameters are not supported/);
    assert.equal(await value(connection, "SELECT 5"), 5);
  }));

  it("resets a connection: settings, temp tables, transaction, database", () => withConnection(async (connection) => {
    await batch(connection, "CREATE TABLE #gone (id int); SET LOCK_TIMEOUT 1234; SET XACT_ABORT ON; BEGIN TRANSACTION; USE master");
    const resets = [];
    connection.on("resetConnection", () => resets.push(true));
    await done((callback) => connection.reset(callback));
    assert.equal(resets.length, 1);
    assert.deepEqual((await query(connection, "SELECT OBJECT_ID('tempdb..#gone'), @@LOCK_TIMEOUT, @@TRANCOUNT, DB_NAME()")).rows, [[null, -1, 0, "Judged"]]);
  }));

  it("serves requests one after the other for hundreds of times", () => withConnection(async (connection) => {
    for (const i of numbers(300)) assert.equal(await value(connection, "SELECT @i", ["i", TYPES.Int, i]), i);
  }));
});
