"use strict";
const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { Connection } = require("tedious");
const { batch, numbers, open, query, server, settings, TYPES, value, withConnection } = require("./support.js");

const required = { port: server.ports.required };
const trusted = (name) => ({ trustServerCertificate: false, cryptoCredentialsDetails: { ca: server.certificates[name] } });

// What the server says to a login that it refuses.
function errorTokens(options, login) {
  const tokens = [];
  return new Promise((resolve) => {
    const connection = new Connection(settings(options, login));
    connection.on("errorMessage", ({ number, state, class: severity }) => tokens.push([number, state, severity]));
    connection.connect(() => resolve(tokens));
  });
}

describe("login", { concurrency: true }, () => {
  it("lets in who knows the password, and answers", () => withConnection(async (connection) => {
    assert.equal(await value(connection, "SELECT 40 + 2"), 42);
    assert.equal(await value(connection, "SELECT DB_NAME()"), server.database);
    assert.equal(await value(connection, "SELECT SUSER_SNAME()"), server.user);
  }));

  it("refuses a wrong password with 18456", () => assert.rejects(open({}, { password: "wrong" }), (error) => {
    assert.equal(error.code, "ELOGIN");
    assert.match(error.message, /Login failed for user 'judge'/);
    return true;
  }));

  it("refuses an unknown user", () => assert.rejects(open({}, { userName: "nobody" }), { code: "ELOGIN" }));

  it("refuses an unknown database", () => assert.rejects(open({ database: "Nowhere" }), (error) => {
    assert.equal(error.code, "ELOGIN");
    return true;
  }));

  it("tells number, state and class of a refused password", async () =>
    assert.deepEqual(await errorTokens({}, { password: "wrong" }), [[18456, 1, 14]]));

  it("tells number, state and class of a refused database", async () =>
    assert.deepEqual(await errorTokens({ database: "Nowhere" }), [[4060, 1, 11], [18456, 1, 14]]));

  it("says what it is", () => withConnection(async (connection) => {
    assert.match(await value(connection, "SELECT @@VERSION"), /Microsoft SQL Server/);
    assert.equal(await value(connection, "SELECT CAST(SERVERPROPERTY('ProductMajorVersion') AS int)"), 17);
    assert.ok(await value(connection, "SELECT @@SPID") > 0);
  }));

  it("encrypts for a client that asks", () => withConnection(async (connection) => {
    assert.equal(await value(connection, "SELECT REPLICATE(N'x', 4000)"), "x".repeat(4000));
  }, { encrypt: true }));

  it("encrypts with a certificate that the client checks", () => withConnection(async (connection) => {
    assert.equal(await value(connection, "SELECT 1"), 1);
  }, { encrypt: true, ...trusted("supported") }));

  it("is not trusted by a client that does not know its certificate", () =>
    assert.rejects(open({ encrypt: true, trustServerCertificate: false }), { code: "ESOCKET" }));

  it("encrypts although the client would not, where the server requires it", () => withConnection(async (connection) => {
    assert.equal(await value(connection, "SELECT 2"), 2);
  }, { ...required, encrypt: true }));

  it("speaks TDS 8.0 to a strict client", () => withConnection(async (connection) => {
    const big = "straße ".repeat(20000);
    assert.equal(await value(connection, "SELECT @big", ["big", TYPES.NVarChar, big]), big);
  }, { encrypt: "strict", ...trusted("supported"), serverName: "localhost" }));

  it("speaks TDS 8.0 where encryption is required, too", () => withConnection(async (connection) => {
    assert.equal(await value(connection, "SELECT 3"), 3);
  }, { ...required, encrypt: "strict", ...trusted("required"), serverName: "localhost" }));

  it("has a strict client refuse a server whose certificate it does not know", () =>
    assert.rejects(open({ encrypt: "strict", trustServerCertificate: false, serverName: "localhost" })));

  it("speaks clear text where it has no encryption", () => withConnection(async (connection) => {
    assert.equal(await value(connection, "SELECT 4"), 4);
  }, { port: server.ports.clear, encrypt: false }));

  it("has a client without encryption know that the server requires it", () =>
    assert.rejects(open({ ...required, encrypt: false }), { code: "EENCRYPT" }));

  for (const packetSize of [512, 4096, 8000, 32767])
    it(`agrees to packets of ${packetSize} bytes`, () => withConnection(async (connection) => {
      const text = numbers(9000).join(" ");
      assert.equal(await value(connection, "SELECT @text + N'!'", ["text", TYPES.NVarChar, text]), text + "!");
    }, { packetSize }));

  it("agrees to no more than its largest packet", () => withConnection(async (connection) => {
    assert.equal((await value(connection, "SELECT REPLICATE(CAST(N'y' AS nvarchar(max)), 60000)")).length, 60000);
  }, { packetSize: 65535 }));

  it("serves TDS 7.3 clients", () => withConnection(async (connection) => {
    assert.equal(await value(connection, "SELECT CAST('2026-11-25T01:02:03.1234567' AS datetime2)") instanceof Date, true);
  }, { tdsVersion: "7_3_A" }));

  it("refuses clients older than TDS 7.3 with a text", () =>
    assert.rejects(open({ tdsVersion: "7_2" }), (error) => {
      assert.match(error.message, /TDS 7\.3/);
      return true;
    }));

  it("carries out what a driver says after its login", () => withConnection(async (connection) => {
    assert.equal(await value(connection, "SELECT @@DATEFIRST"), 3);
    assert.equal(await value(connection, "SELECT @@TEXTSIZE"), 12345);
  }, { datefirst: 3, textsize: 12345, abortTransactionOnError: true, enableImplicitTransactions: false, connectionIsolationLevel: 3 }));

  it("knows application and host of its clients", () => withConnection(async (connection) => {
    assert.deepEqual((await query(connection, "SELECT APP_NAME(), HOST_NAME()")).rows, [["a judge", "somewhere"]]);
  }, { appName: "a judge", workstationId: "somewhere" }));

  it("changes the database, and tells", () => withConnection(async (connection) => {
    const changes = [];
    connection.on("databaseChange", (name) => changes.push(name));
    await batch(connection, "USE master");
    assert.equal(await value(connection, "SELECT DB_NAME()"), "master");
    assert.deepEqual(changes, ["master"]);
  }));

  it("serves many connections at once", async () => {
    const answers = await Promise.all(numbers(40).map((i) => withConnection((connection) => value(connection, `SELECT ${i} * 2`))));
    assert.deepEqual(answers, numbers(40).map((i) => i * 2));
  });
});
