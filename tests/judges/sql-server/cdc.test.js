"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { batch, eventually, newName, query, TYPES, value, withConnection } = require("./support.js");

// A database of its own with a tracked table.
const withTracked = (work, columns = "ID int NOT NULL PRIMARY KEY, FirstName nvarchar(100) NULL") => withConnection(async (connection) => {
  const database = newName("Tracked");
  await batch(connection, `CREATE DATABASE ${database}`);
  await batch(connection, `USE ${database}`);
  await batch(connection, `CREATE TABLE dbo.Persons (${columns}); EXEC sys.sp_cdc_enable_db`);
  await batch(connection, "EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Persons', @role_name = NULL, @supports_net_changes = 0");
  await work(connection, database);
});

const changes = `DECLARE @from binary(10) = sys.fn_cdc_get_min_lsn('dbo_Persons'), @to binary(10) = sys.fn_cdc_get_max_lsn();
  IF @from <= @to SELECT * FROM cdc.fn_cdc_get_all_changes_dbo_Persons(@from, @to, N'all update old') ORDER BY __$start_lsn, __$seqval, __$operation`;

const captured = (connection, count) => eventually(() => batch(connection, changes), ({ rows }) => rows.length >= count);

describe("change data capture", { concurrency: 4 }, () => {
  it("shows what it tracks in the catalog", () => withTracked(async (connection, database) => {
    assert.equal(await value(connection, "SELECT is_cdc_enabled FROM sys.databases WHERE name = @name", ["name", TYPES.NVarChar, database]), true);
    assert.equal(await value(connection, "SELECT is_tracked_by_cdc FROM sys.tables WHERE name = 'Persons'"), true);
    assert.deepEqual((await query(connection, "SELECT capture_instance, supports_net_changes, role_name FROM cdc.change_tables")).rows, [["dbo_Persons", false, null]]);
    assert.deepEqual((await query(connection, "SELECT column_name, column_type, column_ordinal FROM cdc.captured_columns ORDER BY column_ordinal")).rows,
      [["ID", "int", 1], ["FirstName", "nvarchar", 2]]);
  }));

  it("captures insert, update and delete, and gives them through the function", () => withTracked(async (connection) => {
    await batch(connection, "INSERT INTO dbo.Persons VALUES (1, N'Diana'), (2, N'Ænne')");
    await batch(connection, "UPDATE dbo.Persons SET FirstName = N'Diane' WHERE ID = 1");
    await batch(connection, "DELETE FROM dbo.Persons WHERE ID = 2");
    const { rows, columns } = await captured(connection, 5);
    assert.deepEqual(columns[0].map((column) => [column.colName, column.type.name.replace(/N$/, "")]), [
      ["__$start_lsn", "Binary"], ["__$seqval", "Binary"], ["__$operation", "Int"], ["__$update_mask", "VarBinary"], ["ID", "Int"], ["FirstName", "NVarChar"]]);
    assert.deepEqual(rows.map(([, , operation, , id, name]) => [operation, id, name]),
      [[2, 1, "Diana"], [2, 2, "Ænne"], [3, 1, "Diana"], [4, 1, "Diane"], [1, 2, "Ænne"]]);
    const lsns = rows.map(([lsn]) => lsn.toString("hex"));
    assert.equal(lsns[0], lsns[1]);
    assert.equal(new Set(lsns).size, 3);
    assert.deepEqual([...lsns], [...lsns].sort());
    assert.equal(rows[3][3].toString("hex"), "02");
  }));

  it("gives them through the change table, with the command's number", () => withTracked(async (connection) => {
    await batch(connection, "BEGIN TRANSACTION; INSERT INTO dbo.Persons VALUES (1, N'a'); INSERT INTO dbo.Persons VALUES (2, N'b'); COMMIT");
    await captured(connection, 2);
    const { rows } = await query(connection, "SELECT __$operation, __$command_id, ID, FirstName FROM cdc.dbo_Persons_CT ORDER BY __$start_lsn, __$command_id, __$seqval, __$operation");
    assert.deepEqual(rows.map(([operation, , id, name]) => [operation, id, name]), [[2, 1, "a"], [2, 2, "b"]]);
    assert.ok(rows[0][1] < rows[1][1]);
  }));

  it("pages through changes by position, as a reader does", () => withTracked(async (connection) => {
    await batch(connection, "INSERT INTO dbo.Persons SELECT value, CONCAT(N'n', value) FROM GENERATE_SERIES(1, 25)");
    await captured(connection, 25);
    const seen = [];
    let position = [Buffer.alloc(10), Buffer.alloc(10)];
    for (;;) {
      const { rows } = await query(connection, `SELECT TOP (10) __$start_lsn, __$seqval, ID FROM cdc.dbo_Persons_CT
        WHERE __$start_lsn > @lsn OR __$start_lsn = @lsn AND __$seqval > @seqval ORDER BY __$start_lsn, __$seqval`,
      ["lsn", TYPES.VarBinary, position[0], { length: 10 }], ["seqval", TYPES.VarBinary, position[1], { length: 10 }]);
      if (rows.length === 0) break;
      seen.push(...rows.map((row) => row[2]));
      position = rows.at(-1);
    }
    assert.deepEqual(seen, Array.from({ length: 25 }, (_, i) => i + 1));
  }));

  it("does not capture what is rolled back", () => withTracked(async (connection) => {
    await batch(connection, "BEGIN TRANSACTION; INSERT INTO dbo.Persons VALUES (1, N'never'); ROLLBACK; INSERT INTO dbo.Persons VALUES (2, N'kept')");
    const { rows } = await captured(connection, 1);
    assert.deepEqual(rows.map((row) => row[4]), [2]);
  }));

  it("maps positions to times and back", () => withTracked(async (connection) => {
    await batch(connection, "INSERT INTO dbo.Persons VALUES (1, N'timed')");
    const [[lsn]] = (await captured(connection, 1)).rows;
    const time = await value(connection, "SELECT sys.fn_cdc_map_lsn_to_time(@lsn)", ["lsn", TYPES.Binary, lsn, { length: 10 }]);
    assert.ok(time instanceof Date);
    const back = await value(connection, "SELECT sys.fn_cdc_map_time_to_lsn('largest less than or equal', @time)", ["time", TYPES.DateTime, time]);
    assert.ok(Buffer.compare(back, lsn) >= 0);
  }));

  it("refuses a range that is not there with 313", () => withTracked((connection) =>
    assert.rejects(batch(connection, "SELECT * FROM cdc.fn_cdc_get_all_changes_dbo_Persons(0x00000000000000000001, 0x00000000000000000002, N'all')"), { number: 313, class: 16, state: 3 })));

  it("knows no function of a table that is not tracked", () => withTracked((connection) =>
    assert.rejects(batch(connection, "SELECT * FROM cdc.fn_cdc_get_all_changes_dbo_Nobody(0x01, 0x02, N'all')"), { number: 208 })));

  it("ends with the table's capture instance, then with the database's", () => withTracked(async (connection) => {
    await batch(connection, "EXEC sys.sp_cdc_disable_table @source_schema = N'dbo', @source_name = N'Persons', @capture_instance = N'dbo_Persons'");
    assert.equal(await value(connection, "SELECT COUNT(*) FROM cdc.change_tables"), 0);
    await batch(connection, "EXEC sys.sp_cdc_disable_db");
    await assert.rejects(batch(connection, "EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Persons', @role_name = NULL"), { number: 22901 });
  }));

  it("captures large values where they change", () => withTracked(async (connection) => {
    const big = "日本".repeat(10000);
    await query(connection, "INSERT INTO dbo.Persons (ID, Note) VALUES (1, @big)", ["big", TYPES.NVarChar, big, { length: Infinity }]);
    await batch(connection, "UPDATE dbo.Persons SET Other = 2");
    const { rows } = await captured(connection, 3);
    assert.deepEqual(rows.map(([, , operation, , , note]) => [operation, note?.length ?? null]), [[2, 20000], [3, null], [4, 20000]]);
  }, "ID int NOT NULL PRIMARY KEY, Note nvarchar(max) NULL, Other int NULL"));
});
