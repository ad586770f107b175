"use strict";
const { randomBytes } = require("node:crypto");
const { Connection, Request, TYPES } = require("tedious");

const description = process.env.DSTREAM_JUDGE_SQL_SERVER;
if (!description) throw new Error("DSTREAM_JUDGE_SQL_SERVER is not set: the tests of the stand-in start the judge.");
const server = JSON.parse(description);

// Settings of a connection; `more` overrides options, `login` user and password.
function settings(more = {}, login = {}) {
  return {
    server: server.host,
    authentication: { type: "default", options: { userName: server.user, password: server.password, ...login } },
    options: {
      port: server.ports.supported, database: server.database, encrypt: false, trustServerCertificate: true, connectTimeout: 10000, requestTimeout: 20000,
      connectionRetryInterval: 10, maxRetriesOnTransientErrors: 0, ...more,
    },
  };
}

function open(more, login) {
  return new Promise((resolve, reject) => {
    const connection = new Connection(settings(more, login));
    connection.infos = [];
    connection.on("infoMessage", (info) => connection.infos.push(info));
    connection.on("errorMessage", (error) => { connection.lastErrorToken = error; });
    connection.on("error", (error) => { connection.brokenBy = error; });
    connection.connect((error) => error ? reject(error) : resolve(connection));
  });
}

async function withConnection(work, more, login) {
  const connection = await open(more, login);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

// What a finished request brought: one entry in `sets` for each result set, the DONE tokens, output parameters.
function collect(request) {
  const result = { sets: [], dones: [], outputs: {}, columns: [] };
  request.on("columnMetadata", (columns) => {
    result.columns.push(columns);
    result.sets.push([]);
  });
  request.on("row", (row) => result.sets.at(-1).push(row.map((cell) => cell.value)));
  for (const name of ["done", "doneInProc", "doneProc"])
    request.on(name, (rowCount, more, status) => result.dones.push({ name, rowCount, more, status }));
  request.on("returnValue", (name, value, metadata) => {
    result.outputs[name] = value;
    result.outputMetadata = { ...result.outputMetadata, [name]: metadata };
  });
  return result;
}

// Starts a request; the promise has `request`, to cancel it.
function start(connection, text, prepare, send) {
  let request;
  const promise = new Promise((resolve, reject) => {
    let result;
    request = new Request(text, (error, rowCount) => {
      result.rowCount = rowCount;
      if (error) reject(Object.assign(error, { result }));
      else resolve({ ...result, rows: result.sets.at(-1) ?? [] });
    });
    result = collect(request);
    prepare(request);
    send(request);
  });
  return Object.assign(promise, { request });
}

const nothing = () => {};

// A batch of text alone.
const batch = (connection, text, prepare = nothing) => start(connection, text, prepare, (request) => connection.execSqlBatch(request));

// Through sp_executesql; parameters are [name, type, value, options, isOutput].
const query = (connection, text, ...parameters) => start(connection, text, add(parameters), (request) => connection.execSql(request));

// A procedure by its name.
const call = (connection, name, ...parameters) => start(connection, name, add(parameters), (request) => connection.callProcedure(request));

const add = (parameters) => (request) => {
  for (const [name, type, value, options, isOutput] of parameters)
    request[isOutput ? "addOutputParameter" : "addParameter"](name, type, value, options);
};

const value = async (connection, text, ...parameters) => (await query(connection, text, ...parameters)).rows[0]?.[0];

const ended = (connection) => connection.closed ? Promise.resolve() : new Promise((resolve) => connection.once("end", resolve));

const newName = (prefix) => `${prefix}_${randomBytes(6).toString("hex")}`;

const done = (method, ...args) => new Promise((resolve, reject) => method((error, result) => error ? reject(error) : resolve(result), ...args));

const numbers = (count) => Array.from({ length: count }, (_, i) => i + 1);

// Asks again until the answer is good; the scenario's own timeout ends a wait in vain.
async function eventually(ask, good) {
  for (;;) {
    const answer = await ask();
    if (good(answer)) return answer;
  }
}

module.exports = { batch, call, done, ended, eventually, newName, numbers, open, query, server, settings, start, TYPES, value, withConnection };
