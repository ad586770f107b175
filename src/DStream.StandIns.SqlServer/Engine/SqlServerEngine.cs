using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Engine;

/// <summary>
/// An in-memory SQL Server with Change Data Capture, for development and tests. Sessions speak Transact-SQL to it; the members
/// here are what an administrator, or a test, does from outside. Thread-safe.
/// </summary>
public sealed class SqlServerEngine(TimeProvider time, SqlServerEngineOptions? options = null) : ISqlEngine
{
    private readonly EngineState _state = new(time, options ?? new SqlServerEngineOptions());

    public string ServerName => _state.Options.ServerName;

    /// <inheritdoc />
    public ISqlSession Open(SqlLogin login)
    {
        lock (_state.Gate)
        {
            var name = login.Database.Length == 0 ? "master" : login.Database;
            if (!IsLetIn(login))
            {
                throw Errors.Of(18456, 14, $"Login failed for user '{login.User}'.");
            }
            return _state.Databases.TryGetValue(name, out var database) && Access.MayEnter(_state.Logins.GetValueOrDefault(login.User), database)
                ? new SqlSession(_state, login, database, _state.NextSessionId())
                : throw Errors.Of(4060, 11, $"Cannot open database \"{name}\" requested by the login. The login failed.");
        }
    }

    /// <inheritdoc />
    public bool HasLogin(string name)
    {
        lock (_state.Gate)
        {
            return _state.Logins.ContainsKey(name);
        }
    }

    /// <summary>Creates a database; one that exists stays as it is.</summary>
    public void CreateDatabase(string name)
    {
        lock (_state.Gate)
        {
            if (!_state.Databases.ContainsKey(name))
            {
                _state.AddDatabase(name);
            }
        }
    }

    /// <summary>Lets the capture job scan until nothing waits, also when it is paused or manual. Returns how many transactions it took.</summary>
    public int RunCapture(string database) => With(database, cdc => cdc.Capture.RunAll());

    /// <summary>Changes when the capture job of a database runs.</summary>
    public void SetCapture(string database, CaptureSchedule schedule) => With(database, cdc => cdc.Capture.SetSchedule(schedule));

    /// <summary>Stops the capture job: commits go on, changes do not appear, and nobody is told.</summary>
    public void PauseCapture(string database) => With(database, cdc => cdc.Capture.Pause());

    public void ResumeCapture(string database) => With(database, cdc => cdc.Capture.Resume());

    /// <summary>Makes scans of the capture job fail, and fills sys.dm_cdc_errors; null lets it work again.</summary>
    public void FailCapture(string database, CaptureFault? fault) => With(database, cdc => cdc.Capture.Fail(fault));

    /// <summary>Runs cleanup of all instances: the low end moves to <paramref name="low"/>, rows below it go.</summary>
    public void CleanUp(string database, Lsn low) => With(database, cdc => cdc.CleanUp(low, _ => true));

    /// <summary>Runs cleanup for a retention before the newest captured commit: the low end moves to the first transaction inside it.</summary>
    public void CleanUp(string database, TimeSpan retention) => With(database, cdc => cdc.Cleanup.Run(retention));

    /// <summary>The newest captured commit, or null before the first.</summary>
    public Lsn? MaxLsn(string database) => With(database, cdc => cdc.State.MaxLsn);

    /// <summary>The low end of a capture instance, or null when there is none of that name.</summary>
    public Lsn? MinLsn(string database, string captureInstance) =>
        With(database, cdc => cdc.Find(captureInstance) is { } instance ? cdc.State.Instances[instance].StartLsn : (Lsn?)null);

    /// <summary>Keeps the database as it is now, for <see cref="Restore"/>.</summary>
    public DatabaseBackup BackUp(string database)
    {
        lock (_state.Gate)
        {
            return DatabaseRestore.BackUp(Find(database));
        }
    }

    /// <summary>
    /// Takes a database back to a backup of it, as RESTORE DATABASE does: a new recovery fork, and log sequence numbers that were given since
    /// the backup are given again, to other changes.
    /// </summary>
    /// <param name="database">Its name.</param>
    /// <param name="backup">What <see cref="BackUp"/> returned for it.</param>
    /// <param name="keepCdc">
    /// Change data capture stays enabled, which is the default where a database is restored over itself; elsewhere that asks for KEEP_CDC.
    /// False drops it.
    /// </param>
    /// <exception cref="InvalidOperationException">An open transaction wrote to the database.</exception>
    public void Restore(string database, DatabaseBackup backup, bool keepCdc = true)
    {
        lock (_state.Gate)
        {
            DatabaseRestore.Run(Find(database), backup.Contents, keepCdc);
        }
    }

    /// <summary>Gives the database another recovery fork, as a restore does. The data stay as they are.</summary>
    public void ForkRecovery(string database)
    {
        lock (_state.Gate)
        {
            Find(database).RecoveryFork = Guid.NewGuid();
        }
    }

    private bool IsLetIn(SqlLogin login) => _state.Logins.TryGetValue(login.User, out var made)
        ? made.Password == login.Password
        : _state.Options.Logins is not { } logins || (logins.TryGetValue(login.User, out var password) && password == login.Password);

    private Database Find(string database) => _state.Databases.GetValueOrDefault(database) ?? throw Errors.NoDatabase(database);

    private T With<T>(string database, Func<CdcDatabase, T> act)
    {
        lock (_state.Gate)
        {
            return act(Find(database).Cdc ?? throw CdcErrors.DatabaseNotEnabled(database));
        }
    }

    private void With(string database, Action<CdcDatabase> act) => With(database, cdc =>
    {
        act(cdc);
        return true;
    });
}
